package io.arkvale.experiments.policy.evict;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.PolicyInfo;
import io.arkvale.experiments.policy.Quantiser;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenScores;
import io.arkvale.experiments.policy.TokenSets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The last tokens, half of the budget, and as many with the most attention from these, in 8 bits (Zhao et al., "ALISA",
 * 2024). The context counts by its last rows of attention, at most 256, until as many steps have been decoded. Each KV
 * head on its own, over the mean of its query heads.
 */
public final class Alisa implements TokenPolicy {
    private static final int BITS = 8;
    private static final int MOST_ROWS = 256;

    private static final PolicyInfo INFO = new PolicyInfo(
            "evict.alisa",
            "the recent tokens and those with the most attention from them, in 8 bits",
            "Zhao et al., ALISA: Accelerating LLM Inference via Sparsity-Aware KV Caching, ISCA 2024",
            List.of(Ability.EVICTS, Ability.PROBABILITIES, Ability.PREFILL_SCORES, Ability.QUANTISES),
            List.of());

    /** The policy. */
    public Alisa() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        TokenSets.require(this, setting, 2, "a recent token and one more");
        return new Layer(setting);
    }

    private static final class Layer implements LayerPolicy {
        private final LayerSetting setting;
        private final int recent;
        private final Quantiser quantiser = new Quantiser(BITS);
        /** {@code [kvHeads]}: attention from the recent tokens. */
        private final TokenScores[] scores;
        /** {@code [kvHeads]}: the rows of attention that the scores are sums of, oldest first. */
        private final List<Deque<Row>> rows;

        Layer(LayerSetting setting) {
            this.setting = setting;
            recent = setting.budget() / 2;
            scores = TokenScores.perHead(setting.kvHeads());
            rows = Stream.<Deque<Row>>generate(ArrayDeque::new)
                    .limit(setting.kvHeads())
                    .toList();
        }

        @SuppressWarnings("ArrayRecordComponent") // never compared
        private record Row(int[] tokens, double[] attention) {}

        @Override
        public int[][] keep(ContextView context) {
            var kept = new int[setting.kvHeads()][];
            var window = Math.min(Math.min(recent, MOST_ROWS), context.tokens());
            for (int head = 0; head < kept.length; head++) {
                var sums =
                        TokenSets.mean(context, setting, head, queryHead -> context.attentionOfLast(window, queryHead));
                scores[head].add(sums);
                kept[head] = scores[head].bestAndRecent(context.tokens(), setting.budget() - recent, recent);
                // Of the context's rows only the sum is known: they leave it one by one in equal parts.
                var part = new Row(kept[head], parts(sums, kept[head], window));
                for (int row = 0; row < window; row++) {
                    rows.get(head).add(part);
                }
            }
            return kept;
        }

        private static double[] parts(double[] sums, int[] tokens, int parts) {
            var attention = new double[tokens.length];
            for (int i = 0; i < tokens.length; i++) {
                attention[i] = sums[tokens[i]] / parts;
            }
            return attention;
        }

        @Override
        public void store(int kvHead, int token, float[] key, float[] value) {
            quantiser.round(key);
            quantiser.round(value);
        }

        @Override
        public double tokenBytes(int headDim) {
            return quantiser.tokenBytes(headDim);
        }

        @Override
        public long summaryBytes() {
            return TokenScores.totalBytes(scores)
                    + IntStream.range(0, setting.kvHeads())
                            .mapToLong(head -> rows.get(head).size() * scores[head].bytes())
                            .sum();
        }

        @Override
        public void decoded(DecodeStep step) {
            for (int head = 0; head < setting.kvHeads(); head++) {
                add(step, head);
                while (step.held(head) > setting.budget()) {
                    step.evict(head, scores[head].lowestHeld(step, head, step.position() - recent));
                }
                scores[head].count(step, head);
                // The sums move on by the newest row, which is kept, and the oldest, which is read again.
                step.scored(2 * scores[head].bytes());
            }
        }

        private void add(DecodeStep step, int head) {
            var mean = new TokenScores();
            mean.addMean(step, head, setting);
            var tokens = new int[step.held(head)];
            var attention = new double[tokens.length];
            for (int slot = tokens.length - 1; slot >= 0; slot--) {
                tokens[slot] = step.token(head, slot);
                attention[slot] = mean.get(tokens[slot]);
                scores[head].add(tokens[slot], attention[slot]);
            }
            rows.get(head).add(new Row(tokens, attention));
            if (rows.get(head).size() > recent) {
                var oldest = rows.get(head).remove();
                for (int i = 0; i < oldest.tokens().length; i++) {
                    scores[head].add(oldest.tokens()[i], -oldest.attention()[i]);
                }
            }
        }
    }
}
