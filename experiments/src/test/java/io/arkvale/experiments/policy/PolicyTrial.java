package io.arkvale.experiments.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Runs a policy in one layer without a model: the test gives the attention probabilities, the trial keeps the held
 * tokens as the engine would.
 */
final class PolicyTrial {
    private final LayerPolicy policy;
    private final int queryHeadsPerKvHead;
    private final List<List<Integer>> held = new ArrayList<>();
    private int length;

    PolicyTrial(TokenPolicy policy, Map<String, String> options, int budget, int queryHeads, int kvHeads) {
        queryHeadsPerKvHead = queryHeads / kvHeads;
        this.policy = policy.begin(
                new LayerSetting(queryHeads, kvHeads, 8, 0, 1, budget, Settings.of(policy.info(), options)));
    }

    LayerPolicy policy() {
        return policy;
    }

    /** Gives the last row of each query head over the context's tokens; returns what each KV head holds. */
    List<List<Integer>> context(double[]... lastRows) {
        length = lastRows[0].length;
        var kept = policy.keep(new ContextView() {
            @Override
            public int tokens() {
                return length;
            }

            @Override
            public float[] lastRow(int queryHead) {
                return floats(lastRows[queryHead]);
            }
        });
        for (var tokens : kept) {
            held.add(new ArrayList<>(Arrays.stream(tokens).boxed().toList()));
        }
        return held;
    }

    /**
     * Adds a token and gives each query head's probabilities, one a token of the text; those of tokens that are not held
     * must be 0. Returns what each KV head holds after the step.
     */
    List<List<Integer>> step(double[]... probabilities) {
        var position = length++;
        held.forEach(tokens -> tokens.add(position));
        policy.decoded(new DecodeStep() {
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
                return held.get(kvHead).get(slot);
            }

            @Override
            public boolean holds(int kvHead, int token) {
                return held.get(kvHead).contains(token);
            }

            @Override
            public float[] probabilities(int queryHead) {
                var row = probabilities[queryHead];
                var tokens = held.get(queryHead / queryHeadsPerKvHead);
                return floats(tokens.stream().mapToDouble(token -> row[token]).toArray());
            }

            @Override
            public void evict(int kvHead, int token) {
                if (!held.get(kvHead).removeIf(other -> other == token)) {
                    throw new IllegalArgumentException("token " + token + " is not held");
                }
            }
        });
        return held;
    }

    /** Tokens of the text so far. */
    int length() {
        return length;
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
