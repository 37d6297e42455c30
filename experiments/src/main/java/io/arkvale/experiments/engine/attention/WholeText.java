package io.arkvale.experiments.engine.attention;

import io.arkvale.kernels.matrix.MatrixKernels;
import java.util.BitSet;
import java.util.stream.Stream;

/** Keys and values of everything one KV head of one run has seen, evicted or not: the shared context, then its own. */
public final class WholeText {
    private final MatrixKernels kernels;
    private final int queryHeads;
    private final int headDim;
    private final HeldTokens context;
    private final HeldTokens tail;
    private final float[] scaled;
    private final float[] partial;
    private final float[] sum;

    public WholeText(MatrixKernels kernels, int queryHeads, int headDim, HeldTokens context) {
        this.kernels = kernels;
        this.queryHeads = queryHeads;
        this.headDim = headDim;
        this.context = context;
        tail = new HeldTokens(kernels, headDim, 0);
        scaled = new float[queryHeads * headDim];
        partial = new float[queryHeads * tail.valueStride()];
        sum = new float[queryHeads * tail.valueStride()];
    }

    public int length() {
        return context.size() + tail.size();
    }

    /** Columns that rows of scores or weights need. */
    public int stride() {
        return context.capacity() + tail.capacity() + kernels.panel();
    }

    /** Adds a token behind all others. */
    public void add(float[] key, int keyOffset, float[] value, int valueOffset) {
        tail.add(tail.size(), key, keyOffset, value, valueOffset);
    }

    public void getKey(int token, float[] key) {
        if (token < context.size()) {
            context.getKey(token, key);
        } else {
            tail.getKey(token - context.size(), key);
        }
    }

    public void getValue(int token, float[] value) {
        if (token < context.size()) {
            context.getValue(token, value);
        } else {
            tail.getValue(token - context.size(), value);
        }
    }

    /** Dot products of some elements of a query with those of every key, one per token. */
    public float[] partialScores(float[] query, int[] elements) {
        var sums = new float[length()];
        context.addPartialScores(query, elements, sums, 0);
        tail.addPartialScores(query, elements, sums, context.size());
        return sums;
    }

    /** Panels of the context that hold the given tokens; the other methods need no more to be told. */
    public BitSet panels(Stream<int[]> tokens) {
        var panels = new BitSet();
        tokens.forEach(set -> {
            for (int token : set) {
                if (token < context.size()) {
                    panels.set(token / kernels.panel());
                }
            }
        });
        return panels;
    }

    /** All panels of the context. */
    public BitSet allPanels() {
        var panels = new BitSet();
        panels.set(0, Math.ceilDiv(context.size(), kernels.panel()));
        return panels;
    }

    /**
     * Scaled dot products of the queries {@code [queryHeads][headDim]} with the keys of some of the context's panels and
     * of everything after it, in rows of {@code stride}.
     */
    public void scores(float[] queries, int offset, BitSet panels, float[] scores, int stride) {
        var factor = (float) (1 / Math.sqrt(headDim));
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = queries[offset + i] * factor;
        }
        // The context's last panel overlaps the tail's first columns, which are written after it.
        context.scores(kernels, queryHeads, scaled, panels, scores, 0, stride);
        tail.scores(kernels, queryHeads, scaled, scores, context.size(), stride);
    }

    /**
     * Sums of the values of some of the context's panels and of everything after it, weighted by rows of {@code stride},
     * to {@code out}, {@code [queryHeads][headDim]}.
     */
    public void weighted(float[] weights, BitSet panels, int stride, float[] out, int offset) {
        tail.weighted(kernels, queryHeads, weights, context.size(), stride, sum);
        for (int first = panels.nextSetBit(0); first >= 0; first = panels.nextSetBit(panels.nextClearBit(first))) {
            var to = Math.min(context.size(), panels.nextClearBit(first) * kernels.panel());
            context.weighted(kernels, queryHeads, weights, stride, first * kernels.panel(), to, partial);
            for (int i = 0; i < sum.length; i++) {
                sum[i] += partial[i];
            }
        }
        for (int head = 0; head < queryHeads; head++) {
            System.arraycopy(sum, head * tail.valueStride(), out, offset + head * headDim, headDim);
        }
    }
}
