package io.arkvale.experiments.policy;

import io.arkvale.experiments.policy.option.Settings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;

/**
 * Runs a policy in one layer without a model: the test gives the attention probabilities, the trial keeps the held
 * tokens as the engine would.
 */
final class PolicyTrial {
    private final TokenPolicy whole;
    private final LayerSetting setting;
    private final LayerPolicy policy;
    private final boolean chooses;
    private final boolean quantises;
    private final int headDim;
    private final int queryHeadsPerKvHead;
    private final List<SortedSet<Integer>> held = new ArrayList<>();
    /** {@code [kvHeads][tokens][headDim]}; where a policy reads keys. */
    private final float[][][] keys;

    private String text = "";
    private float[][][] rawQueries = new float[0][][];
    private float[][][] repetition = new float[0][][];
    private double[][] headLosses = new double[0][];
    private ObjIntConsumer<float[]> rotation = (vector, position) -> {};
    private double[][] lastRows = new double[0][];
    private double[][] lastQueries = new double[0][];
    private long scoredBytes;
    private double[][] attention = new double[0][];
    private double[][] votes = new double[0][];
    private int[][] chosen = new int[0][];
    private int length;

    PolicyTrial(TokenPolicy policy, Map<String, String> options, int budget, int queryHeads, int kvHeads) {
        this(policy, options, budget, queryHeads, new float[kvHeads][0][8]);
    }

    PolicyTrial(TokenPolicy policy, Map<String, String> options, int budget, int queryHeads, float[][][] keys) {
        this(policy, options, budget, queryHeads, keys, 0, 1);
    }

    PolicyTrial(
            TokenPolicy policy,
            Map<String, String> options,
            int budget,
            int queryHeads,
            float[][][] keys,
            int limitedLayer,
            int limitedLayers) {
        this.keys = keys;
        chooses = policy.info().has(Ability.CHOOSES);
        quantises = policy.info().has(Ability.QUANTISES);
        headDim = keys[0].length == 0 ? 8 : keys[0][0].length;
        queryHeadsPerKvHead = queryHeads / keys.length;
        whole = policy;
        setting = new LayerSetting(
                queryHeads,
                keys.length,
                headDim,
                limitedLayer,
                limitedLayers,
                budget,
                Settings.of(policy.info(), options));
        this.policy = policy.begin(setting);
    }

    /** Gives the context's queries before RoPE, {@code [queryHeads][tokens][headDim]}. */
    PolicyTrial asking(float[][][] rawQueries) {
        this.rawQueries = rawQueries;
        return this;
    }

    /** Gives what the model itself tells, in each layer and KV head: the attention of a second reading. */
    PolicyTrial repeating(float[][][] repetition) {
        this.repetition = repetition;
        return this;
    }

    /** Gives the losses of all heads, {@code [limitedLayers][kvHeads]}. */
    PolicyTrial losing(double[]... headLosses) {
        this.headLosses = headLosses;
        return this;
    }

    /** Turns vectors with the given rotation; without it they stay. */
    PolicyTrial turning(ObjIntConsumer<float[]> rotation) {
        this.rotation = rotation;
        return this;
    }

    /** Tokens that each KV head may hold in each layer. */
    int[][] shares(int tokens) {
        length = tokens;
        return shares();
    }

    private int[][] shares() {
        var layers = IntStream.range(0, setting.limitedLayers())
                .<ContextView>mapToObj(layer -> new View(layer, new int[setting.kvHeads()]))
                .toList();
        return whole.share(setting, layers);
    }

    /** Gives the attention of the context's last tokens, one sum a token and query head; before {@link #context}. */
    PolicyTrial voting(double[]... attentionOfLast) {
        votes = attentionOfLast;
        return this;
    }

    /** Gives the probabilities of the steps to come, where a policy chooses by queries. */
    PolicyTrial attending(double[]... probabilities) {
        attention = probabilities;
        return this;
    }

    /** Gives the text, a character per token; before {@link #context}. */
    PolicyTrial reading(String text) {
        this.text = text;
        return this;
    }

    /** Bytes that the policy says it has read to choose. */
    long scoredBytes() {
        return scoredBytes;
    }

    LayerPolicy policy() {
        return policy;
    }

    /** Gives the last row of each query head over the context's tokens; returns what each KV head holds. */
    List<List<Integer>> context(double[]... lastRows) {
        return context(lastRows[0].length, new double[0][], lastRows);
    }

    /** The same with the last queries. */
    List<List<Integer>> context(int tokens, double[][] lastQueries, double[]... lastRows) {
        length = tokens;
        this.lastQueries = lastQueries;
        this.lastRows = lastRows;
        var kept = policy.keep(new View(setting.limitedLayer(), shares()[setting.limitedLayer()]));
        for (int head = 0; head < kept.length; head++) {
            for (int token : kept[head]) {
                store(head, token);
            }
        }
        for (var keptTokens : kept) {
            held.add(new TreeSet<>(Arrays.stream(keptTokens).boxed().toList()));
        }
        return heldTokens();
    }

    /**
     * Adds a token. To a policy that attends to all it holds, gives each query head's probabilities, one per token of the
     * text, 0 for those that are not held; to one that chooses, gives each query head's queries or, if it asks for them,
     * exact scores. Returns what each KV head holds after the step.
     */
    List<List<Integer>> step(double[]... rows) {
        var position = length++;
        for (int head = 0; head < held.size(); head++) {
            store(head, position);
            held.get(head).add(position);
        }
        var step = new Step(position, rows);
        if (chooses) {
            chosen = policy.choose(step);
            for (int head = 0; head < chosen.length; head++) {
                for (int token : chosen[head]) {
                    held.get(head / queryHeadsPerKvHead).add(token);
                }
            }
        }
        policy.decoded(step);
        return heldTokens();
    }

    private final class View implements ContextView {
        private final int layer;
        private final int[] budgets;

        View(int layer, int[] budgets) {
            this.layer = layer;
            this.budgets = budgets;
        }

        @Override
        public int tokens() {
            return length;
        }

        @Override
        public int budget(int kvHead) {
            return budgets[kvHead];
        }

        @Override
        public float[] lastRow(int queryHead) {
            return floats(lastRows[queryHead]);
        }

        @Override
        public float[] attentionOfLast(int window, int queryHead) {
            return floats(votes[queryHead]);
        }

        @Override
        public void key(int kvHead, int token, float[] target) {
            copyKey(kvHead, token, target);
        }

        @Override
        public float[] attentionOfFollowing(int window, int queryHead) {
            return floats(votes[queryHead]);
        }

        @Override
        public void keyAt(int kvHead, int token, int position, float[] target) {
            copyKey(kvHead, token, target);
        }

        @Override
        public void value(int kvHead, int token, float[] target) {
            copyKey(kvHead, token, target);
        }

        @Override
        public byte[] text(int token) {
            return text.substring(token, token + 1).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public float[] lastQuery(int queryHead) {
            return floats(lastQueries[queryHead]);
        }

        @Override
        public void rawQuery(int queryHead, int token, float[] target) {
            if (rawQueries.length > 0) {
                System.arraycopy(rawQueries[queryHead][token], 0, target, 0, target.length);
            }
        }

        @Override
        public void turn(float[] vector, int position) {
            rotation.accept(vector, position);
        }

        @Override
        public float[] repetition(int kvHead) {
            return repetition.length == 0 ? new float[length] : repetition[layer][kvHead];
        }

        @Override
        public double headLoss(int kvHead) {
            return headLosses.length == 0 ? 0 : headLosses[layer][kvHead];
        }
    }

    /** The tokens that a query head chose in the last step. */
    List<Integer> chosen(int queryHead) {
        return Arrays.stream(chosen[queryHead]).boxed().toList();
    }

    /** Tokens of the text so far. */
    int length() {
        return length;
    }

    private List<List<Integer>> heldTokens() {
        return held.stream().map(List::copyOf).toList();
    }

    private void store(int kvHead, int token) {
        if (quantises) {
            var key = new float[headDim];
            copyKey(kvHead, token, key);
            policy.store(kvHead, token, key, key.clone());
        }
    }

    private void copyKey(int kvHead, int token, float[] target) {
        if (keys[kvHead].length > 0) {
            System.arraycopy(keys[kvHead][token], 0, target, 0, target.length);
        }
    }

    private final class Step implements DecodeStep, ChoiceStep {
        private final int position;
        private final double[][] rows;

        Step(int position, double[][] rows) {
            this.position = position;
            this.rows = rows;
        }

        @Override
        public int position() {
            return position;
        }

        @Override
        public int held(int kvHead) {
            return held.get(kvHead).size();
        }

        @Override
        public int token(int kvHead, int slot) {
            return List.copyOf(held.get(kvHead)).get(slot);
        }

        @Override
        public boolean holds(int kvHead, int token) {
            return held.get(kvHead).contains(token);
        }

        @Override
        public float[] probabilities(int queryHead) {
            var row = attention.length == 0 ? rows[queryHead] : attention[queryHead];
            var tokens = held.get(queryHead / queryHeadsPerKvHead);
            return floats(tokens.stream().mapToDouble(token -> row[token]).toArray());
        }

        @Override
        public float[] query(int queryHead) {
            return floats(rows[queryHead]);
        }

        @Override
        public void key(int kvHead, int token, float[] target) {
            copyKey(kvHead, token, target);
        }

        @Override
        public float[] queryAt(int queryHead, int seenFrom) {
            return query(queryHead);
        }

        @Override
        public void keyAt(int kvHead, int token, int seenAt, float[] target) {
            copyKey(kvHead, token, target);
        }

        @Override
        public void value(int kvHead, int token, float[] target) {
            copyKey(kvHead, token, target);
        }

        @Override
        public float[] partialScores(int queryHead, int[] elements) {
            var kvHead = queryHead / queryHeadsPerKvHead;
            var scores = new float[length];
            for (int token = 0; token < length; token++) {
                for (int element : elements) {
                    scores[token] += (float) rows[queryHead][element] * keys[kvHead][token][element];
                }
            }
            return scores;
        }

        @Override
        public void bringBack(int kvHead, int[] tokens) {
            for (int token : tokens) {
                held.get(kvHead).add(token);
            }
        }

        @Override
        public void scored(long bytes) {
            scoredBytes += bytes;
        }

        @Override
        public byte[] text() {
            return text.substring(position, position + 1).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public float[] exactScores(int queryHead) {
            return floats(rows[queryHead]);
        }

        @Override
        public void evict(int kvHead, int token) {
            if (!held.get(kvHead).remove(token)) {
                throw new IllegalArgumentException("token " + token + " is not held");
            }
        }
    }

    /** Sixteenths, exact in binary, so that sums in the examples are exact. */
    static double[] sixteenths(int... counts) {
        return Arrays.stream(counts).mapToDouble(count -> count / 16.0).toArray();
    }

    private static float[] floats(double[] values) {
        var floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }
}
