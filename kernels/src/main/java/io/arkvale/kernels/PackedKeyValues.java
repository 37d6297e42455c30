package io.arkvale.kernels;

import java.util.Arrays;

/**
 * The keys and values of one KV head of one sequence, float32, packed for {@link CausalAttention}: keys as panels
 * {@code [headDim][panel]}, so that a tile of scores reads them as one run, values as rows padded with zeros to whole
 * vectors. Both stand in blocks of {@link #BLOCK} tokens, so that the store grows without copying.
 *
 * <p>{@link #reserve} and {@link #truncate} belong to one thread at a time. Between them, threads may {@link #put}
 * tokens at different positions at once.
 */
public final class PackedKeyValues {

    /** Tokens per block; attention rescales and rounds at these boundaries, wherever a prompt is cut. */
    public static final int BLOCK = 256;

    private final int headDim;
    private final int panel;
    private final int valueStride;
    private float[][] keys = new float[0][];
    private float[][] values = new float[0][];
    private int length;

    PackedKeyValues(MatrixKernels kernels, int headDim) {
        this.headDim = Shapes.atLeastOne("headDim", headDim);
        panel = kernels.panel();
        valueStride = kernels.padded(headDim);
    }

    public int headDim() {
        return headDim;
    }

    /** Tokens reserved so far and not truncated. */
    public int length() {
        return length;
    }

    /** Makes room up to {@code newLength} tokens, at least the present length; the new ones are to be put before use. */
    public void reserve(int newLength) {
        Shapes.between("newLength", newLength, length, Integer.MAX_VALUE);
        int blocks = Math.ceilDiv(newLength, BLOCK);
        if (blocks > keys.length) {
            int from = keys.length;
            keys = Arrays.copyOf(keys, blocks);
            values = Arrays.copyOf(values, blocks);
            for (int block = from; block < blocks; block++) {
                keys[block] = new float[Math.multiplyExact(BLOCK, headDim)];
                values[block] = new float[Math.multiplyExact(BLOCK, valueStride)];
            }
        }
        length = newLength;
    }

    /** Forgets the tokens from position {@code newLength} on. */
    public void truncate(int newLength) {
        length = Shapes.between("newLength", newLength, 0, length);
    }

    /** Stores the key and value of the token at {@code position}, {@code headDim} numbers each. */
    public void put(int position, float[] key, int keyOffset, float[] value, int valueOffset) {
        float[] target = keys[checked(position) / BLOCK];
        for (int i = 0, at = keyIndex(position); i < headDim; i++, at += panel) {
            target[at] = key[keyOffset + i];
        }
        int at = position % BLOCK * valueStride;
        System.arraycopy(value, valueOffset, values[position / BLOCK], at, headDim);
    }

    /** Copies the key at {@code position} out. */
    public void getKey(int position, float[] key, int offset) {
        float[] source = keys[checked(position) / BLOCK];
        for (int i = 0, at = keyIndex(position); i < headDim; i++, at += panel) {
            key[offset + i] = source[at];
        }
    }

    /** Copies the value at {@code position} out. */
    public void getValue(int position, float[] value, int offset) {
        int at = checked(position) % BLOCK * valueStride;
        System.arraycopy(values[position / BLOCK], at, value, offset, headDim);
    }

    /** Keys of one block, {@code [BLOCK / panel][headDim][panel]}. */
    float[] keyBlock(int block) {
        return keys[block];
    }

    /** Values of one block, {@code [BLOCK][valueStride]}. */
    float[] valueBlock(int block) {
        return values[block];
    }

    int valueStride() {
        return valueStride;
    }

    private int keyIndex(int position) {
        int inBlock = position % BLOCK;
        return inBlock / panel * panel * headDim + inBlock % panel;
    }

    private int checked(int position) {
        if (position < 0 || position >= length) {
            throw new IndexOutOfBoundsException("position " + position + " of " + length + " tokens");
        }
        return position;
    }
}
