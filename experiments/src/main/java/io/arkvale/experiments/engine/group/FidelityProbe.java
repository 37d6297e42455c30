package io.arkvale.experiments.engine.group;

import io.arkvale.experiments.engine.attention.Softmax;
import io.arkvale.experiments.engine.attention.WholeText;
import io.arkvale.experiments.engine.context.Context;
import io.arkvale.experiments.engine.context.SharedTokens;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.result.Fidelity;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.llama.attention.AttentionShape;
import io.arkvale.llama.attention.DecodeRows;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Compares one run with full attention, every {@link #EVERY}th step. It keeps what the run has seen itself, so that no
 * policy or cache has to help, and whatever is quantised or evicted there is still whole here.
 */
public final class FidelityProbe {
    /** Steps from one comparison to the next. */
    static final int EVERY = 16;

    /** Tokens per page, in which the largest scores are looked for. */
    private static final int PAGE_SIZE = 32;

    private final AttentionShape shape;
    private final Softmax softmax;
    /** {@code [layers][kvHeads]}; empty where the run is dense. */
    private final WholeText[][] seen;

    private final MeanOf outputError = new MeanOf();
    private final MeanOf recoveredMass = new MeanOf();
    private final MeanOf topPages = new MeanOf();

    public FidelityProbe(RunSpec run, Context context, SharedTokens shared, DenseKernels kernels) {
        softmax = new Softmax(kernels);
        shape = context.shape();
        seen = new WholeText[shape.layers()][0];
        for (int layer = 0; layer < shape.layers(); layer++) {
            if (!run.isDense(layer)) {
                var texts = new WholeText[shape.kvHeads()];
                for (int head = 0; head < texts.length; head++) {
                    texts[head] = new WholeText(
                            kernels.matrix(), shape.queryHeadsPerKvHead(), shape.headDim(), shared.of(layer, head));
                }
                seen[layer] = texts;
            }
        }
    }

    /** Takes note of a row's new token. */
    public void take(int layer, int row, DecodeRows rows) {
        for (int head = 0; head < seen[layer].length; head++) {
            var offset = row * shape.kvWidth() + head * shape.headDim();
            seen[layer][head].add(rows.keys(), offset, rows.values(), offset);
        }
    }

    /**
     * Compares a row's output, after {@link #take}.
     *
     * @param attended the tokens that each query head attended to
     */
    public void compare(int layer, int row, DecodeRows rows, float[] output, int[][] attended) {
        if (seen[layer].length == 0) {
            return;
        }
        var queryHeads = shape.queryHeadsPerKvHead();
        var groupWidth = queryHeads * shape.headDim();
        var full = new float[groupWidth];
        var difference = 0.0;
        var length = 0.0;
        for (int head = 0; head < shape.kvHeads(); head++) {
            var text = seen[layer][head];
            var offset = row * shape.queryWidth() + head * groupWidth;
            var stride = text.stride();
            var weights = new float[queryHeads * stride];
            text.scores(rows.queries(), offset, text.allPanels(), weights, stride);
            for (int i = 0; i < queryHeads; i++) {
                var part = attended[head * queryHeads + i];
                topPages.add(found(weights, i * stride, text.length(), part));
                softmax.apply(weights, i * stride, text.length());
                Arrays.fill(weights, i * stride + text.length(), (i + 1) * stride, 0);
                var from = i * stride;
                recoveredMass.add(IntStream.of(part)
                        .mapToDouble(token -> weights[from + token])
                        .sum());
            }
            text.weighted(weights, text.allPanels(), stride, full, 0);
            for (int i = 0; i < groupWidth; i++) {
                var gap = (double) output[offset + i] - full[i];
                difference += gap * gap;
                length += (double) full[i] * full[i];
            }
        }
        outputError.add(Math.sqrt(difference / length));
    }

    /** The share of the best pages, as many as {@code part} would fill, whose best token is among {@code part}. */
    private static double found(float[] scores, int from, int tokens, int[] part) {
        var bestTokens = new int[Math.ceilDiv(tokens, PAGE_SIZE)];
        for (int page = 0; page < bestTokens.length; page++) {
            bestTokens[page] = page * PAGE_SIZE;
            for (int token = page * PAGE_SIZE; token < Math.min(tokens, (page + 1) * PAGE_SIZE); token++) {
                if (scores[from + token] > scores[from + bestTokens[page]]) {
                    bestTokens[page] = token;
                }
            }
        }
        var held = new boolean[tokens];
        for (int token : part) {
            held[token] = true;
        }
        return Arrays.stream(bestTokens)
                .boxed()
                .sorted((a, b) -> Float.compare(scores[from + b], scores[from + a]))
                .limit(Math.max(1, part.length / PAGE_SIZE))
                .mapToInt(token -> held[token] ? 1 : 0)
                .average()
                .orElseThrow();
    }

    public Fidelity fidelity() {
        return Arrays.stream(seen).allMatch(texts -> texts.length == 0)
                ? Fidelity.FULL
                : new Fidelity(outputError.value(), recoveredMass.value(), topPages.value());
    }

    private static final class MeanOf {
        private double sum;
        private long count;

        void add(double value) {
            sum += value;
            count++;
        }

        double value() {
            return sum / count; // not a number if there was none
        }
    }
}
