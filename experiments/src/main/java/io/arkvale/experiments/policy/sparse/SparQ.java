package io.arkvale.experiments.policy.sparse;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ChoiceStep;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.Estimate;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenSets;
import io.arkvale.experiments.policy.option.PolicyInfo;
import io.arkvale.experiments.policy.option.PolicyOption;
import java.util.Arrays;
import java.util.List;

/**
 * Keeps everything; guesses the scores from the query's largest elements alone, attends to the tokens of the largest
 * guesses, and lets the mean value stand for the rest, with the probability that the guess leaves it (Ribar et al.,
 * "SparQ Attention", 2024, algorithm 1 and the authors' code). Some of the tokens are always the last ones. Query heads
 * that share a KV head choose elements and tokens together, by their sums. Keys are kept twice, by token and by element, so
 * that some elements can be read by themselves.
 *
 * <p>Deviations: 16 elements of 64, the paper's share; the newest token is one of those that the budget counts, where the
 * authors add it.
 */
public final class SparQ implements TokenPolicy {
    private static final PolicyOption ELEMENTS =
            PolicyOption.whole("elements", 16, 1, 1024, "elements of a query that are read; the paper takes 32 of 128");
    private static final PolicyOption TOKENS = new PolicyOption(
            "tokens",
            "budget",
            "budget, or 1 to 65536",
            "tokens attended to; the paper takes 128",
            new PolicyOption.Kind.Whole(1, 65_536));

    private static final PolicyOption LOCAL = PolicyOption.real(
            "local", 0.25, 0, 1, "share of the attended tokens that are the last ones, rounded down, at least one");

    private static final PolicyInfo INFO = new PolicyInfo(
            "sparse.sparq",
            "everything; attends to the tokens that the query's largest elements point to, and to the mean value",
            "Ribar et al., SparQ Attention: Bandwidth-Efficient LLM Inference, ICML 2024",
            List.of(Ability.CHOOSES, Ability.QUERIES, Ability.KEYS, Ability.VALUES, Ability.ESTIMATES),
            List.of(ELEMENTS, TOKENS, LOCAL));

    /** The policy. */
    public SparQ() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        var options = setting.options();
        var tokens = options.is(TOKENS.name(), "budget") ? setting.budget() : options.whole(TOKENS.name());
        var local = Math.max(1, (int) (tokens * options.real(LOCAL.name())));
        return new Layer(setting, Math.min(setting.headDim(), options.whole(ELEMENTS.name())), tokens, local);
    }

    private static final class Layer implements LayerPolicy {
        private final LayerSetting setting;
        private final int elements;
        private final int tokens;
        private final int local;
        /** {@code [kvHeads][headDim]}: sums of all values so far. */
        private final double[][] valueSums;
        /** {@code [queryHeads]}: guessed probability of the tokens that take part. */
        private final double[] covered;

        private int length;

        Layer(LayerSetting setting, int elements, int tokens, int local) {
            this.setting = setting;
            this.elements = elements;
            this.tokens = tokens;
            this.local = local;
            valueSums = new double[setting.kvHeads()][setting.headDim()];
            covered = new double[setting.queryHeads()];
        }

        @FunctionalInterface
        private interface Values {
            void copy(int kvHead, int token, float[] target);
        }

        private void sum(int upTo, Values values) {
            var value = new float[setting.headDim()];
            for (; length < upTo; length++) {
                for (int head = 0; head < setting.kvHeads(); head++) {
                    values.copy(head, length, value);
                    for (int i = 0; i < value.length; i++) {
                        valueSums[head][i] += value[i];
                    }
                }
            }
        }

        @Override
        public int[][] keep(ContextView context) {
            sum(context.tokens(), context::value);
            return TokenSets.same(setting.kvHeads(), TokenSets.range(0, context.tokens()));
        }

        @Override
        public int[][] choose(ChoiceStep step) {
            sum(step.position() + 1, step::value);
            var chosen = new int[setting.queryHeads()][];
            var queryHeads = setting.queryHeadsPerKvHead();
            for (int first = 0; first < setting.queryHeads(); first += queryHeads) {
                var largest = largestElements(step, first);
                var guesses = new double[queryHeads][];
                for (int i = 0; i < queryHeads; i++) {
                    guesses[i] = guess(step, first + i, largest);
                }
                var sums = new double[length];
                for (var guess : guesses) {
                    for (int token = 0; token < length; token++) {
                        sums[token] += guess[token];
                    }
                }
                var earlier = Math.max(0, length - local);
                var best = TokenSets.concat(
                        TokenSets.best(earlier, tokens - local, token -> sums[token]),
                        TokenSets.range(earlier, length));
                for (int i = 0; i < queryHeads; i++) {
                    var guess = guesses[i];
                    chosen[first + i] = best;
                    covered[first + i] = Arrays.stream(best)
                            .mapToDouble(token -> guess[token])
                            .sum();
                }
            }
            return chosen;
        }

        private int[] largestElements(ChoiceStep step, int firstHead) {
            var sizes = new double[setting.headDim()];
            for (int i = 0; i < setting.queryHeadsPerKvHead(); i++) {
                var query = step.query(firstHead + i);
                for (int element = 0; element < sizes.length; element++) {
                    sizes[element] += Math.abs(query[element]);
                }
            }
            return TokenSets.best(sizes.length, elements, element -> sizes[element]);
        }

        /** Guessed probabilities, at a temperature that makes up for the elements left out (the paper's equation 4). */
        private double[] guess(ChoiceStep step, int queryHead, int[] largest) {
            var query = step.query(queryHead);
            var all = 0.0;
            for (float element : query) {
                all += Math.abs(element);
            }
            var read = Arrays.stream(largest)
                    .mapToDouble(element -> Math.abs(query[element]))
                    .sum();
            var temperature = Math.sqrt(setting.headDim() * (all == 0 ? 1 : read / all));
            var scores = step.partialScores(queryHead, largest);
            var most = Double.NEGATIVE_INFINITY;
            for (float score : scores) {
                most = Math.max(most, score);
            }
            var powers = new double[scores.length];
            var sum = 0.0;
            for (int token = 0; token < powers.length; token++) {
                powers[token] = Math.exp((scores[token] - most) / temperature);
                sum += powers[token];
            }
            for (int token = 0; token < powers.length; token++) {
                powers[token] /= sum;
            }
            return powers;
        }

        @Override
        public List<Estimate> estimates(int queryHead, double logSum) {
            var share = Math.min(1, covered[queryHead]);
            var mean = new float[setting.headDim()];
            var sums = valueSums[queryHead / setting.queryHeadsPerKvHead()];
            for (int i = 0; i < mean.length; i++) {
                mean[i] = (float) (sums[i] / length);
            }
            // Its weight beside the tokens' own sum is that of the rest beside their share.
            return List.of(new Estimate(logSum + Math.log((1 - share) / share), mean));
        }

        /** The keys once more, and the mean value. */
        @Override
        public long summaryBytes() {
            return (length + 1L) * setting.kvHeads() * setting.headDim() * Float.BYTES;
        }

        @Override
        public void decoded(DecodeStep step) {}
    }
}
