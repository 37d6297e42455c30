package io.arkvale.experiments.policy.evict;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.PolicyChoice;
import io.arkvale.experiments.policy.PolicyInfo;
import io.arkvale.experiments.policy.PolicyOption;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenScores;
import io.arkvale.experiments.policy.TokenSets;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The recent tokens and those with the most Gumbel-softmax attention so far: noise on the scores and a temperature that
 * rises over the generation keep tokens that do not stand out yet (Adnan et al., "Keyformer", 2024). Each KV head on its
 * own, over the mean of its query heads.
 */
public final class Keyformer implements TokenPolicy {
    private static final PolicyOption RECENT =
            PolicyOption.real("recent", 0.3, 0, 0.9, "share of the budget for the most recent tokens");
    private static final PolicyOption STEPS =
            PolicyOption.whole("steps", 256, 1, 1_000_000, "steps over which the temperature rises from 1 to 2");
    private static final PolicyOption NOISE = PolicyOption.real("noise", 1, 0, 10, "factor of the Gumbel noise");

    private static final PolicyOption SEED = PolicyOption.whole(
            PolicyChoice.SEED, 1, Long.MIN_VALUE, Long.MAX_VALUE, "seed of the noise; that of the run unless given");

    private static final PolicyInfo INFO = new PolicyInfo(
            "evict.keyformer",
            "the recent tokens and those with the most noisy attention so far",
            "Adnan et al., Keyformer: KV Cache Reduction through Key Tokens Selection, MLSys 2024",
            List.of(Ability.EVICTS, Ability.PROBABILITIES, Ability.LAST_ROW),
            List.of(RECENT, STEPS, NOISE, SEED));

    /** The policy. */
    public Keyformer() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        var recent = (int) Math.round(setting.budget() * setting.options().real(RECENT.name()));
        return new Layer(setting, Math.max(1, recent));
    }

    private static final class Layer implements LayerPolicy {
        private final LayerSetting setting;
        private final int recent;
        private final TokenScores[] scores;
        private final double noise;
        private final long seed;
        private int steps;

        Layer(LayerSetting setting, int recent) {
            this.setting = setting;
            this.recent = recent;
            noise = setting.options().real(NOISE.name());
            seed = Long.parseLong(setting.options().word(SEED.name()));
            scores = TokenScores.perHead(setting.kvHeads());
        }

        @Override
        public int[][] keep(ContextView context) {
            var kept = new int[setting.kvHeads()][];
            for (int head = 0; head < kept.length; head++) {
                var row = TokenSets.meanLastRow(context, setting, head);
                var weights = new double[row.length];
                for (int token = 0; token < row.length; token++) {
                    weights[token] = weight(row[token], token, head, 1);
                }
                addNormalised(scores[head], weights, TokenSets.range(0, row.length));
                kept[head] = scores[head].bestAndRecent(context.tokens(), setting.budget() - recent, recent);
            }
            return kept;
        }

        @Override
        public long summaryBytes() {
            return TokenScores.totalBytes(scores);
        }

        @Override
        public void decoded(DecodeStep step) {
            var temperature =
                    1 + Math.min(1.0, ++steps / (double) setting.options().whole(STEPS.name()));
            for (int head = 0; head < setting.kvHeads(); head++) {
                var mean = new TokenScores();
                mean.addMean(step, head, setting);
                var tokens = new int[step.held(head)];
                var weights = new double[tokens.length];
                for (int slot = 0; slot < tokens.length; slot++) {
                    tokens[slot] = step.token(head, slot);
                    weights[slot] = weight(mean.get(tokens[slot]), tokens[slot], head, temperature);
                }
                addNormalised(scores[head], weights, tokens);
                while (step.held(head) > setting.budget()) {
                    step.evict(head, scores[head].lowestHeld(step, head, step.position() - recent));
                }
                scores[head].count(step, head);
            }
        }

        /** {@code exp((log p + noise) / temperature)}: a probability's logarithm is its score but for a constant. */
        private double weight(double probability, int token, int head, double temperature) {
            // The same token of a head gets the same noise at every step, and another in every layer.
            var place = (long) setting.limitedLayer() << 48 | (long) head << 32 | token;
            var uniform = new SplittableRandom(new SplittableRandom(seed).nextLong() + place).nextDouble();
            var gumbel = -Math.log(-Math.log(Math.max(uniform, Double.MIN_NORMAL)));
            return Math.exp((Math.log(Math.max(probability, Double.MIN_NORMAL)) + noise * gumbel) / temperature);
        }

        private static void addNormalised(TokenScores scores, double[] weights, int[] tokens) {
            var sum = 0.0;
            for (double weight : weights) {
                sum += weight;
            }
            for (int i = tokens.length - 1; i >= 0; i--) {
                scores.add(tokens[i], weights[i] / sum);
            }
        }
    }
}
