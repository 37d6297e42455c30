package io.arkvale.experiments.policy.evict;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenScores;
import io.arkvale.experiments.policy.TokenSets;
import io.arkvale.experiments.policy.option.PolicyInfo;
import io.arkvale.experiments.policy.option.PolicyOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * When the budget is full, drops the tokens that most often got little attention of late, a share of the budget at once
 * (Liu et al., "Scissorhands", 2023). Little is less than an equal share. Each KV head on its own, over the mean of its
 * query heads; every layer has the same budget here.
 */
public final class Scissorhands implements TokenPolicy {
    private static final PolicyOption HISTORY =
            PolicyOption.whole("history", 400, 1, 100_000, "last steps over which little attention is counted");
    private static final PolicyOption RECENT =
            PolicyOption.whole("recent", 10, 1, 4096, "last tokens that are never dropped");
    private static final PolicyOption DROP =
            PolicyOption.real("drop", 0.5, 0, 0.9, "share of the budget that is dropped at once");

    private static final PolicyInfo INFO = new PolicyInfo(
            "evict.scissorhands",
            "the most recent tokens, and those that seldom got little attention",
            "Liu et al., Scissorhands: Exploiting the Persistence of Importance Hypothesis, NeurIPS 2023",
            List.of(Ability.EVICTS, Ability.PROBABILITIES, Ability.LAST_ROW),
            List.of(HISTORY, RECENT, DROP));

    /** The policy. */
    public Scissorhands() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        TokenSets.require(this, setting, setting.options().whole(RECENT.name()) + 1, "recent tokens and one more");
        return new Layer(setting);
    }

    private static final class Layer implements LayerPolicy {
        private final LayerSetting setting;
        private final int recent;
        private final int history;
        /** {@code [kvHeads]}: minus the number of recent steps with little attention. */
        private final TokenScores[] scores;

        private final List<Deque<int[]>> little;

        Layer(LayerSetting setting) {
            this.setting = setting;
            recent = setting.options().whole(RECENT.name());
            history = setting.options().whole(HISTORY.name());
            scores = TokenScores.perHead(setting.kvHeads());
            little = Stream.<Deque<int[]>>generate(ArrayDeque::new)
                    .limit(setting.kvHeads())
                    .toList();
        }

        @Override
        public int[][] keep(ContextView context) {
            var kept = new int[setting.kvHeads()][];
            for (int head = 0; head < kept.length; head++) {
                var row = TokenSets.meanLastRow(context, setting, head);
                // Only one row is known of the context: between tokens of little attention, it decides.
                for (int token = 0; token < row.length; token++) {
                    scores[head].add(token, Math.min(0, row[token] * row.length - 1));
                }
                kept[head] = scores[head].bestAndRecent(context.tokens(), setting.budget() - recent, recent);
            }
            return kept;
        }

        /** A counter per token, and a bit per token and step of the history. */
        @Override
        public long summaryBytes() {
            var bits = IntStream.range(0, setting.kvHeads())
                    .mapToLong(head -> little.get(head).size() * (scores[head].bytes() / Float.BYTES))
                    .sum();
            return TokenScores.totalBytes(scores) + Math.ceilDiv(bits, Byte.SIZE);
        }

        @Override
        public void decoded(DecodeStep step) {
            for (int head = 0; head < setting.kvHeads(); head++) {
                count(step, head);
                if (step.held(head) > setting.budget()) {
                    var drop = Math.max(
                            1, (int) (setting.budget() * setting.options().real(DROP.name())));
                    var least = Math.max(recent, setting.budget() - drop);
                    while (step.held(head) > least) {
                        step.evict(head, scores[head].lowestHeld(step, head, step.position() - recent));
                    }
                }
                scores[head].count(step, head);
            }
        }

        private void count(DecodeStep step, int head) {
            var mean = new TokenScores();
            mean.addMean(step, head, setting);
            var held = step.held(head);
            var low = IntStream.range(0, held)
                    .map(slot -> step.token(head, slot))
                    .filter(token -> mean.get(token) < 1.0 / held)
                    .toArray();
            little.get(head).add(low);
            for (int token : low) {
                scores[head].add(token, -1);
            }
            if (little.get(head).size() > history) {
                for (int token : little.get(head).remove()) {
                    scores[head].add(token, 1);
                }
            }
        }
    }
}
