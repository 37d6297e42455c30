package io.arkvale.cpu.guide;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Random weights, and what the guide's engine does beside attention. */
final class GuideModel {
    static final int LAYERS = 3;
    static final int QUERY_HEADS = 4;
    static final int KV_HEADS = 2;
    static final int HEAD_DIM = 16;
    static final int WIDTH = QUERY_HEADS * HEAD_DIM;

    private final float[][] queryWeights = new float[LAYERS][];
    private final float[][] keyWeights = new float[LAYERS][];
    private final float[][] valueWeights = new float[LAYERS][];
    private final float[][] outputWeights = new float[LAYERS][];

    GuideModel(long seed) {
        var random = new Random(seed);
        for (int layer = 0; layer < LAYERS; layer++) {
            queryWeights[layer] = weights(random, WIDTH, 0.4);
            keyWeights[layer] = weights(random, KV_HEADS * HEAD_DIM, 0.4);
            valueWeights[layer] = weights(random, KV_HEADS * HEAD_DIM, 0.2);
            outputWeights[layer] = weights(random, WIDTH, 0.2);
        }
    }

    private static float[] weights(Random random, int outputs, double scale) {
        var weights = new float[outputs * WIDTH];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = (float) (scale * random.nextGaussian());
        }
        return weights;
    }

    /** Tokens that mean nothing. */
    static float[][] tokens(long seed, int count) {
        var random = new Random(seed);
        return Stream.generate(() -> {
                    var token = new float[WIDTH];
                    for (int i = 0; i < WIDTH; i++) {
                        token[i] = (float) random.nextGaussian();
                    }
                    return token;
                })
                .limit(count)
                .toArray(float[][]::new);
    }

    static float[][] join(float[][] first, float[][] second) {
        return Stream.of(first, second).flatMap(Stream::of).toArray(float[][]::new);
    }

    /** {@code [rows][QUERY_HEADS][HEAD_DIM]}. */
    float[] queries(int layer, float[][] rows) {
        return product(rows, queryWeights[layer]);
    }

    /** {@code [rows][KV_HEADS][HEAD_DIM]}. */
    float[] keys(int layer, float[][] rows) {
        return product(rows, keyWeights[layer]);
    }

    /** As {@link #keys}. */
    float[] values(int layer, float[][] rows) {
        return product(rows, valueWeights[layer]);
    }

    /** Writes the same side by side: a row holds a token's queries, then its keys, then its values. */
    void project(int layer, float[][] states, MemorySegment rows) {
        var parts = List.of(queries(layer, states), keys(layer, states), values(layer, states));
        long at = 0;
        for (int row = 0; row < states.length; row++) {
            for (var part : parts) {
                int width = part.length / states.length;
                MemorySegment.copy(part, row * width, rows, ValueLayout.JAVA_FLOAT, at, width);
                at += (long) width * Float.BYTES;
            }
        }
    }

    /** The next states of rows, after attention. */
    float[][] mix(int layer, float[][] rows, float[] attended) {
        var next = new float[rows.length][];
        for (int row = 0; row < rows.length; row++) {
            var own = new float[][] {Arrays.copyOfRange(attended, row * WIDTH, (row + 1) * WIDTH)};
            var added = product(own, outputWeights[layer]);
            next[row] = new float[WIDTH];
            for (int i = 0; i < WIDTH; i++) {
                next[row][i] = (float) Math.tanh(rows[row][i] + added[i]);
            }
        }
        return next;
    }

    /** Whether a drafted token is the one that follows from a state: here, whether both point the same way. */
    boolean agrees(float[] state, float[] token) {
        float sum = 0;
        for (int i = 0; i < WIDTH; i++) {
            sum += state[i] * token[i];
        }
        return sum > 0;
    }

    /** What the engine must give for a text without a budget, computed without a cache: the state of each token. */
    float[][] alone(float[][] text) {
        var states = text;
        for (int layer = 0; layer < LAYERS; layer++) {
            var queries = queries(layer, states);
            var keys = keys(layer, states);
            var values = values(layer, states);
            var attended = new float[text.length * WIDTH];
            for (int row = 0; row < text.length; row++) {
                for (int head = 0; head < QUERY_HEADS; head++) {
                    attend(queries, keys, values, row, head, attended);
                }
            }
            states = mix(layer, states, attended);
        }
        return states;
    }

    private static void attend(float[] queries, float[] keys, float[] values, int row, int head, float[] attended) {
        int kvHead = head * KV_HEADS / QUERY_HEADS;
        int at = (row * QUERY_HEADS + head) * HEAD_DIM;
        var weights = new double[row + 1];
        double most = Double.NEGATIVE_INFINITY;
        for (int token = 0; token <= row; token++) {
            for (int i = 0; i < HEAD_DIM; i++) {
                weights[token] += (double) queries[at + i] * keys[(token * KV_HEADS + kvHead) * HEAD_DIM + i];
            }
            weights[token] /= Math.sqrt(HEAD_DIM);
            most = Math.max(most, weights[token]);
        }
        double sum = 0;
        for (int token = 0; token <= row; token++) {
            weights[token] = Math.exp(weights[token] - most);
            sum += weights[token];
        }
        for (int i = 0; i < HEAD_DIM; i++) {
            double value = 0;
            for (int token = 0; token <= row; token++) {
                value += weights[token] / sum * values[(token * KV_HEADS + kvHead) * HEAD_DIM + i];
            }
            attended[at + i] = (float) value;
        }
    }

    /** {@code [rows][outputs]}. */
    private static float[] product(float[][] rows, float[] weights) {
        int outputs = weights.length / WIDTH;
        var result = new float[rows.length * outputs];
        for (int row = 0; row < rows.length; row++) {
            for (int output = 0; output < outputs; output++) {
                double sum = 0;
                for (int i = 0; i < WIDTH; i++) {
                    sum += (double) rows[row][i] * weights[output * WIDTH + i];
                }
                result[row * outputs + output] = (float) (sum / Math.sqrt(WIDTH));
            }
        }
        return result;
    }
}
