package io.arkvale.experiments.policy.evict;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.PolicyInfo;
import io.arkvale.experiments.policy.PolicyOption;
import io.arkvale.experiments.policy.Quantiser;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenScores;
import io.arkvale.experiments.policy.TokenSets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * As H2O, but what is kept is stored in 4 bits, and tokens that take this well are preferred: a token's score mixes its
 * attention so far with its friendliness to quantisation, both brought to the range from 0 to 1 (Zhang et al.,
 * "Q-Hitter", 2024). Each KV head on its own, over the mean of its query heads.
 */
public final class QHitter implements TokenPolicy {
    private static final PolicyOption RECENT =
            PolicyOption.real("recent", 0.5, 0, 1, "share of the budget for the most recent tokens");
    private static final PolicyOption ATTENTION =
            PolicyOption.real("attention", 0.5, 0, 1, "weight of attention beside friendliness to quantisation");
    private static final PolicyOption BITS = PolicyOption.whole("bits", 4, 1, 16, "bits of a stored element");

    private static final PolicyInfo INFO = new PolicyInfo(
            "evict.q-hitter",
            "the recent tokens and those with much attention and little loss in 4 bits",
            "Zhang et al., Q-Hitter: A Better Token Oracle for Efficient LLM Inference via Sparse-Quantized KV Cache,"
                    + " MLSys 2024",
            List.of(
                    Ability.EVICTS,
                    Ability.PROBABILITIES,
                    Ability.LAST_ROW,
                    Ability.KEYS,
                    Ability.VALUES,
                    Ability.QUANTISES),
            List.of(RECENT, ATTENTION, BITS));

    /** The policy. */
    public QHitter() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        return new Layer(setting);
    }

    private static final class Layer implements LayerPolicy {
        private final LayerSetting setting;
        private final int recent;
        private final double attention;
        private final Quantiser quantiser;
        /** {@code [kvHeads]}. */
        private final TokenScores[] attended;

        private final TokenScores[] friendliness;

        Layer(LayerSetting setting) {
            this.setting = setting;
            var options = setting.options();
            recent = Math.max(1, (int) Math.round(setting.budget() * options.real(RECENT.name())));
            attention = options.real(ATTENTION.name());
            quantiser = new Quantiser(options.whole(BITS.name()));
            attended = TokenScores.perHead(setting.kvHeads());
            friendliness = TokenScores.perHead(setting.kvHeads());
        }

        @Override
        public int[][] keep(ContextView context) {
            var kept = new int[setting.kvHeads()][];
            var key = new float[setting.headDim()];
            var value = new float[setting.headDim()];
            for (int head = 0; head < kept.length; head++) {
                attended[head].add(TokenSets.meanLastRow(context, setting, head));
                for (int token = 0; token < context.tokens(); token++) {
                    context.key(head, token, key);
                    context.value(head, token, value);
                    judge(head, token, key, value);
                }
                var mixed = mixed(head, TokenSets.range(0, context.tokens()));
                kept[head] = mixed.bestAndRecent(context.tokens(), setting.budget() - recent, recent);
            }
            return kept;
        }

        /** Rounds a key and a value, and notes how well they took it. */
        private void judge(int head, int token, float[] key, float[] value) {
            var friendly = (2 - quantiser.round(key) - quantiser.round(value)) / 2;
            friendliness[head].add(token, friendly - friendliness[head].get(token));
        }

        private TokenScores mixed(int head, int[] tokens) {
            var mixed = new TokenScores();
            for (var part : List.of(attended[head], friendliness[head])) {
                var weight = part == attended[head] ? attention : 1 - attention;
                var values = Arrays.stream(tokens).mapToDouble(part::get).summaryStatistics();
                var range = values.getMax() - values.getMin();
                for (int i = tokens.length - 1; range > 0 && i >= 0; i--) {
                    mixed.add(tokens[i], weight * (part.get(tokens[i]) - values.getMin()) / range);
                }
            }
            return mixed;
        }

        @Override
        public void store(int kvHead, int token, float[] key, float[] value) {
            judge(kvHead, token, key, value);
        }

        @Override
        public double tokenBytes(int headDim) {
            return quantiser.tokenBytes(headDim);
        }

        @Override
        public long summaryBytes() {
            return TokenScores.totalBytes(attended) + TokenScores.totalBytes(friendliness);
        }

        @Override
        public void decoded(DecodeStep step) {
            for (int head = 0; head < setting.kvHeads(); head++) {
                var kvHead = head;
                attended[head].addMean(step, head, setting);
                while (step.held(head) > setting.budget()) {
                    var tokens = IntStream.range(0, step.held(head))
                            .map(slot -> step.token(kvHead, slot))
                            .toArray();
                    step.evict(head, mixed(head, tokens).lowestHeld(step, head, step.position() - recent));
                }
                attended[head].count(step, head);
                friendliness[head].count(step, head);
            }
        }
    }
}
