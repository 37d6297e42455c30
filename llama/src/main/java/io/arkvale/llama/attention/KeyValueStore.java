package io.arkvale.llama.attention;

import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.causal.PackedKeyValues;
import io.arkvale.kernels.storage.StorageFormat;
import java.util.Arrays;

/**
 * All keys (rotated) and values of one sequence, in one storage format, and each layer's last prefill queries. One prefill kept here
 * can be handed to any number of caches and policies.
 *
 * <p>One thread at a time changes a store; while none does, any number may read it.
 */
public final class KeyValueStore {

    private final AttentionShape shape;
    /** {@code [layers][kvHeads]}. */
    private final PackedKeyValues[][] heads;
    /** {@code [layers][queryHeads · headDim]}. */
    private final float[][] lastQueries;

    private int length;

    /** An empty store in float32; {@code kernels} are those of the attention that will read it. */
    public KeyValueStore(AttentionShape shape, DenseKernels kernels) {
        this(shape, kernels, StorageFormat.F32);
    }

    /** An empty store whose keys and values are rounded to {@code format}, as a cache of that element type would. */
    public KeyValueStore(AttentionShape shape, DenseKernels kernels, StorageFormat format) {
        this.shape = shape;
        heads = new PackedKeyValues[shape.layers()][shape.kvHeads()];
        for (var layer : heads) {
            Arrays.setAll(layer, head -> kernels.keyValues(format, shape.headDim()));
        }
        lastQueries = new float[shape.layers()][shape.queryWidth()];
    }

    /** Tokens of the sequence. */
    public int length() {
        return length;
    }

    /** Forgets the tokens from position {@code newLength} on and keeps the memory for later ones. */
    public void truncate(int newLength) {
        if (newLength < 0 || newLength > length) {
            throw new IllegalArgumentException("newLength is " + newLength + " but must be from 0 to " + length);
        }
        for (var layer : heads) {
            for (var head : layer) {
                head.truncate(Math.min(newLength, head.length()));
            }
        }
        length = newLength;
    }

    /** Keys and values of one KV head, for reading. */
    public PackedKeyValues keyValues(int layer, int kvHead) {
        return heads[layer][kvHead];
    }

    /** The queries {@code [queryHeads, headDim]}, rotated, of the last token that a prefill ended with; not to be changed. */
    public float[] lastQueries(int layer) {
        return lastQueries[layer];
    }

    /** Copies rotated keys {@code [tokens, kvHeads, headDim]} of the tokens from position {@code from} on. */
    public void copyKeys(int layer, int from, int tokens, float[] target) {
        for (int i = 0; i < tokens; i++) {
            for (int head = 0; head < shape.kvHeads(); head++) {
                heads[layer][head].getKey(from + i, target, i * shape.kvWidth() + head * shape.headDim());
            }
        }
    }

    /** Copies values {@code [tokens, kvHeads, headDim]} of the tokens from position {@code from} on. */
    public void copyValues(int layer, int from, int tokens, float[] target) {
        for (int i = 0; i < tokens; i++) {
            for (int head = 0; head < shape.kvHeads(); head++) {
                heads[layer][head].getValue(from + i, target, i * shape.kvWidth() + head * shape.headDim());
            }
        }
    }

    /** Makes room in a layer for tokens up to {@code newLength}, which {@link #put} then fills. */
    void reserve(int layer, int newLength) {
        for (var head : heads[layer]) {
            head.reserve(newLength);
        }
    }

    /** Stores one token's keys and values of a layer, {@code [kvHeads, headDim]} each. */
    void put(int layer, int position, float[] keys, float[] values, int offset) {
        for (int head = 0; head < shape.kvHeads(); head++) {
            int at = offset + head * shape.headDim();
            heads[layer][head].put(position, keys, at, values, at);
        }
    }

    void setLastQueries(int layer, float[] queries) {
        System.arraycopy(queries, 0, lastQueries[layer], 0, shape.queryWidth());
    }

    /** Says that every layer holds {@code newLength} tokens. */
    void commit(int newLength) {
        length = newLength;
    }

    /** Takes back what layers were given beyond the sequence's length. */
    void rollback() {
        truncate(length);
    }
}
