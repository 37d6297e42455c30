package io.arkvale.experiments.engine.attention;

import io.arkvale.kernels.causal.PackedKeyValues;
import io.arkvale.kernels.matrix.MatrixKernels;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Keys and values of the tokens that one KV head holds, in slots without gaps: an eviction moves the last slot into the
 * hole. Keys stand in panels {@code [slots / panel][headDim][panel]}, values in rows padded to whole vectors.
 */
public final class HeldTokens {
    private static final int NONE = -1;

    private final int headDim;
    private final int panel;
    private final int valueStride;
    private float[] keys = new float[0];
    private float[] values = new float[0];
    /** The token in each slot. */
    private int[] tokens = new int[0];
    /** The slot of each token of the text, or {@link #NONE}. */
    private int[] slots;

    private int size;

    public HeldTokens(MatrixKernels kernels, int headDim, int textLength) {
        this.headDim = headDim;
        panel = kernels.panel();
        valueStride = kernels.padded(headDim);
        slots = new int[textLength];
        Arrays.fill(slots, NONE);
    }

    public int size() {
        return size;
    }

    /** Slots that there is memory for; a multiple of the panel. */
    public int capacity() {
        return tokens.length;
    }

    public int token(int slot) {
        if (slot >= size) {
            throw new IndexOutOfBoundsException("slot " + slot + " of " + size);
        }
        return tokens[slot];
    }

    public boolean holds(int token) {
        return token >= 0 && token < slots.length && slots[token] != NONE;
    }

    /** Changes a token's key and value as they are stored. */
    @FunctionalInterface
    public interface Storing {
        /** Leaves them as they are. */
        Storing AS_IT_IS = (token, key, value) -> {};

        void store(int token, float[] key, float[] value);
    }

    /** Holds tokens of a context, with room for {@code more}. */
    public void addAll(PackedKeyValues context, int[] kept, int more, Storing storing) {
        grow(size + kept.length + more);
        var key = new float[headDim];
        var value = new float[headDim];
        for (int token : kept) {
            context.getKey(token, key, 0);
            context.getValue(token, value, 0);
            storing.store(token, key, value);
            add(token, key, 0, value, 0);
        }
    }

    /** Holds one token more. */
    public void add(int token, float[] key, int keyOffset, float[] value, int valueOffset) {
        if (holds(token)) {
            throw new IllegalArgumentException("token " + token + " is held already");
        }
        if (size == capacity()) {
            grow(size + Math.max(panel, size / 4));
        }
        if (token >= slots.length) {
            var length = slots.length;
            slots = Arrays.copyOf(slots, Math.max(token + 1, length + length / 2));
            Arrays.fill(slots, length, slots.length, NONE);
        }
        for (int i = 0, at = keyIndex(size); i < headDim; i++, at += panel) {
            keys[at] = key[keyOffset + i];
        }
        System.arraycopy(value, valueOffset, values, size * valueStride, headDim);
        tokens[size] = token;
        slots[token] = size++;
    }

    /**
     * Drops a token for good.
     *
     * @throws IllegalArgumentException if it is not held
     */
    public void evict(int token) {
        if (!holds(token)) {
            throw new IllegalArgumentException("token " + token + " is not held");
        }
        var hole = slots[token];
        var last = --size;
        slots[tokens[last]] = hole;
        tokens[hole] = tokens[last];
        slots[token] = NONE;
        for (int i = 0, to = keyIndex(hole), from = keyIndex(last); i < headDim; i++, to += panel, from += panel) {
            keys[to] = keys[from];
        }
        System.arraycopy(values, last * valueStride, values, hole * valueStride, headDim);
    }

    /**
     * Copies the key of a token out.
     *
     * @throws IllegalArgumentException if it is not held
     */
    public void getKeyOf(int token, float[] key) {
        if (!holds(token)) {
            throw new IllegalArgumentException("token " + token + " is not held");
        }
        getKey(slots[token], key);
    }

    /** Copies the key in a slot out. */
    public void getKey(int slot, float[] key) {
        for (int i = 0, at = keyIndex(slot); i < headDim; i++, at += panel) {
            key[i] = keys[at];
        }
    }

    /**
     * Dot products of {@code rows} queries with every held key, from {@code offset} on in rows of {@code stride}; columns
     * beyond {@link #size} up to the panel's end hold what is left there.
     */
    public void scores(MatrixKernels kernels, int rows, float[] queries, float[] scores, int offset, int stride) {
        scores(kernels, rows, queries, size, scores, offset, stride);
    }

    /** The same with the keys of the first {@code slots} slots. */
    public void scores(
            MatrixKernels kernels, int rows, float[] queries, int slots, float[] scores, int offset, int stride) {
        for (int slot = 0; slot < slots; slot += panel) {
            scorePanel(kernels, rows, queries, slot, scores, offset, stride);
        }
    }

    /** The same with the keys of some panels of slots. */
    public void scores(
            MatrixKernels kernels, int rows, float[] queries, BitSet panels, float[] scores, int offset, int stride) {
        panels.stream().forEach(number -> scorePanel(kernels, rows, queries, number * panel, scores, offset, stride));
    }

    private void scorePanel(
            MatrixKernels kernels, int rows, float[] queries, int slot, float[] scores, int offset, int stride) {
        kernels.multiply(
                rows, headDim, panel, queries, 0, headDim, keys, slot * headDim, panel, scores, offset + slot, stride);
    }

    /** Adds to {@code sums} the products of some elements of a query with those of every held key. */
    public void addPartialScores(float[] query, int[] elements, float[] sums, int offset) {
        for (int from = 0; from < size; from += panel) {
            for (int element : elements) {
                var at = from * headDim + element * panel;
                for (int i = 0; i < Math.min(panel, size - from); i++) {
                    sums[offset + from + i] = Math.fma(query[element], keys[at + i], sums[offset + from + i]);
                }
            }
        }
    }

    /** Copies the value in a slot out. */
    public void getValue(int slot, float[] value) {
        System.arraycopy(values, slot * valueStride, value, 0, headDim);
    }

    /**
     * Sums of the held values, weighted by {@code rows} rows of weights, one weight per slot; rows of {@link
     * #valueStride}.
     */
    public void weighted(MatrixKernels kernels, int rows, float[] weights, int offset, int stride, float[] out) {
        kernels.multiply(rows, size, valueStride, weights, offset, stride, values, 0, valueStride, out, 0, valueStride);
    }

    /** Sums of the held values of the slots from {@code from} to {@code to - 1}, weighted likewise. */
    public void weighted(MatrixKernels kernels, int rows, float[] weights, int stride, int from, int to, float[] out) {
        kernels.multiply(
                rows,
                to - from,
                valueStride,
                weights,
                from,
                stride,
                values,
                from * valueStride,
                valueStride,
                out,
                0,
                valueStride);
    }

    public int valueStride() {
        return valueStride;
    }

    private int keyIndex(int slot) {
        return slot / panel * panel * headDim + slot % panel;
    }

    private void grow(int room) {
        var capacity = Math.ceilDiv(room, panel) * panel;
        keys = Arrays.copyOf(keys, Math.multiplyExact(capacity, headDim));
        values = Arrays.copyOf(values, Math.multiplyExact(capacity, valueStride));
        tokens = Arrays.copyOf(tokens, capacity);
    }
}
