package io.arkvale.experiments.policy.prefill;

import io.arkvale.experiments.policy.ChoiceStep;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.TokenSets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * RocketKV at work in one layer. Held tokens stand in runs, in the order of the text; of each run the smallest and largest
 * elements are kept. All query heads of a KV head choose the same tokens.
 */
final class RocketLayer implements LayerPolicy {
    private final LayerSetting setting;
    private final WindowVote vote;
    /** Exponent of the first stage's compression; below 0 for the paper's own. */
    private final double split;

    private final float[] key;
    private int run = 1;
    private int elements;
    /** {@code [kvHeads]}: tokens in the order of the text. */
    private final List<List<Integer>> tokens = new ArrayList<>();
    /** {@code [kvHeads][runs][headDim]}. */
    private final List<List<float[]>> smallest = new ArrayList<>();

    private final List<List<float[]>> largest = new ArrayList<>();

    RocketLayer(LayerSetting setting, WindowVote vote, double split) {
        this.setting = setting;
        this.vote = vote;
        this.split = split;
        key = new float[setting.headDim()];
        elements = setting.headDim();
    }

    @FunctionalInterface
    private interface Keys {
        void copy(int kvHead, int token, float[] target);
    }

    @Override
    public int[][] keep(ContextView context) {
        var kept = kept(context.tokens());
        var compression = Math.max(1, kept / (double) setting.budget());
        var root = (int) Math.ceil(Math.sqrt(compression));
        run = root <= compression ? root : 1;
        elements = Math.clamp((int) (setting.headDim() * run / compression), 1, setting.headDim());
        var sets = kept >= context.tokens()
                ? TokenSets.same(setting.kvHeads(), TokenSets.range(0, context.tokens()))
                : vote.bestOfEachHead(context, head -> kept);
        for (int head = 0; head < sets.length; head++) {
            tokens.add(new ArrayList<>());
            smallest.add(new ArrayList<>());
            largest.add(new ArrayList<>());
            for (int token : sets[head]) {
                add(head, token, context::key);
            }
        }
        return sets;
    }

    private int kept(int context) {
        var compression = Math.max(1, context / (double) setting.budget());
        var exponent = split >= 0 ? split : Math.min(0.2 + 0.06 * Math.log(compression) / Math.log(2), 0.8);
        return (int) (context / Math.pow(compression, exponent));
    }

    private void add(int head, int token, Keys keys) {
        keys.copy(head, token, key);
        if (tokens.get(head).size() % run == 0) {
            smallest.get(head).add(key.clone());
            largest.get(head).add(key.clone());
        } else {
            var least = smallest.get(head).getLast();
            var most = largest.get(head).getLast();
            for (int i = 0; i < key.length; i++) {
                least[i] = Math.min(least[i], key[i]);
                most[i] = Math.max(most[i], key[i]);
            }
        }
        tokens.get(head).add(token);
    }

    @Override
    public int[][] choose(ChoiceStep step) {
        var chosen = new int[setting.queryHeads()][];
        var group = setting.queryHeadsPerKvHead();
        for (int head = 0; head < setting.kvHeads(); head++) {
            add(head, step.position(), step::key);
            var held = tokens.get(head);
            var scores = scores(step, head);
            var best = TokenSets.best(held.size(), setting.budget() / 2, place -> scores[place / run]);
            var own = Arrays.stream(best).map(held::get).toArray();
            Arrays.fill(chosen, head * group, (head + 1) * group, own);
        }
        return chosen;
    }

    /** For each run the probability that the guess gives each of its tokens, mean of the query heads. */
    private double[] scores(ChoiceStep step, int head) {
        var group = setting.queryHeadsPerKvHead();
        var sums = new double[key.length];
        var sizes = new double[key.length];
        for (int i = 0; i < group; i++) {
            var query = step.query(head * group + i);
            for (int element = 0; element < sums.length; element++) {
                sums[element] += query[element];
                sizes[element] += Math.abs(query[element]);
            }
        }
        var read = TokenSets.best(sizes.length, elements, element -> sizes[element]);
        var runs = smallest.get(head).size();
        step.scored((long) runs * read.length * Float.BYTES);
        var scores = new double[runs];
        for (int i = 0; i < group; i++) {
            var query = step.query(head * group + i);
            var guess = new double[runs];
            for (int number = 0; number < runs; number++) {
                for (int element : read) {
                    // Where the heads' sum is not above 0, the smallest element stands for the run.
                    var bound = sums[element] > 0 ? largest : smallest;
                    guess[number] += query[element] * bound.get(head).get(number)[element];
                }
            }
            addProbabilities(scores, guess, temperature(query, read), head);
        }
        return scores;
    }

    /** SparQ's temperature, which makes up for the elements left out. */
    private static double temperature(float[] query, int[] read) {
        var all = 0.0;
        for (float element : query) {
            all += Math.abs(element);
        }
        var part = Arrays.stream(read)
                .mapToDouble(element -> Math.abs(query[element]))
                .sum();
        return Math.sqrt(query.length * (all == 0 ? 1 : part / all));
    }

    private void addProbabilities(double[] scores, double[] guess, double temperature, int head) {
        var most = Arrays.stream(guess).max().orElse(0);
        var sum = 0.0;
        for (int number = 0; number < guess.length; number++) {
            guess[number] = Math.exp((guess[number] - most) / temperature);
            sum += guess[number] * Math.min(run, tokens.get(head).size() - number * run);
        }
        for (int number = 0; number < guess.length; number++) {
            scores[number] += guess[number] / sum;
        }
    }

    @Override
    public long summaryBytes() {
        var vectors = smallest.stream().mapToLong(List::size).sum() * 2;
        return vectors * key.length * Float.BYTES;
    }

    @Override
    public void decoded(DecodeStep step) {}
}
