package io.arkvale.kernels.causal;

import io.arkvale.kernels.matrix.MatrixKernels;
import io.arkvale.kernels.primitive.Shapes;
import io.arkvale.kernels.storage.FormatCodec;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The keys and values of one KV head of one sequence, in one storage format, packed for {@link CausalAttention}: keys as panels
 * {@code [headDim][panel]}, so that a tile of scores reads them as one run, values as panels {@code [BLOCK][panel]} of rows
 * padded with zeros to whole vectors: read at the stride of a whole value, a panel would fall into a quarter of a
 * first-level cache's sets. Both stand in blocks of {@link #BLOCK} tokens, so that the store grows without copying. Blocks in float32 are
 * attended to where they are; others are widened a block at a time.
 *
 * <p>{@link #reserve} and {@link #truncate} belong to one thread at a time. Between them, threads may {@link #put}
 * tokens at different positions at once.
 */
public final class PackedKeyValues {

    /** Tokens per block; attention rescales and rounds at these boundaries, wherever a prompt is cut. */
    public static final int BLOCK = 256;

    private final FormatCodec codec;
    private final StorageFormat format;
    private final int headDim;
    private final int panel;
    private final int valueStride;
    private Block[] keys = {};
    private Block[] values = {};
    private int length;

    /** One block's keys or values: the numbers themselves in float32, or their 16 bits. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Block(float[] floats, short[] halves) {
        private static final float[] NO_FLOATS = {};
        private static final short[] NO_HALVES = {};

        static Block of(StorageFormat format, int numbers) {
            return format == StorageFormat.F32
                    ? new Block(new float[numbers], NO_HALVES)
                    : new Block(NO_FLOATS, new short[numbers]);
        }
    }

    /**
     * An empty store.
     *
     * @param kernels those of the attention that reads it
     * @param codec of the format that keys and values are stored in
     * @param headDim length of a key or value, at least 1
     */
    public PackedKeyValues(MatrixKernels kernels, FormatCodec codec, int headDim) {
        this.codec = codec;
        format = codec.format();
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
                keys[block] = Block.of(format, Math.multiplyExact(BLOCK, headDim));
                values[block] = Block.of(format, Math.multiplyExact(BLOCK, valueStride));
            }
        }
        length = newLength;
    }

    /** Forgets the tokens from position {@code newLength} on. */
    public void truncate(int newLength) {
        length = Shapes.between("newLength", newLength, 0, length);
    }

    /** Stores the key and value of the token at {@code position}, {@code headDim} numbers each, rounded to the format. */
    public void put(int position, float[] key, int keyOffset, float[] value, int valueOffset) {
        Block keyBlock = keys[checked(position) / BLOCK];
        Block valueBlock = values[position / BLOCK];
        int at = keyIndex(position);
        if (format == StorageFormat.F32) {
            for (int i = 0; i < headDim; i++, at += panel) {
                keyBlock.floats[at] = key[keyOffset + i];
            }
            for (int i = 0; i < headDim; i += panel) {
                int count = Math.min(panel, headDim - i);
                System.arraycopy(value, valueOffset + i, valueBlock.floats, valueIndex(position, i), count);
            }
        } else {
            for (int i = 0; i < headDim; i++, at += panel) {
                keyBlock.halves[at] = (short) format.encode(key[keyOffset + i]);
                valueBlock.halves[valueIndex(position, i)] = (short) format.encode(value[valueOffset + i]);
            }
        }
    }

    /** Copies the key at {@code position} out, as it was stored. */
    public void getKey(int position, float[] key, int offset) {
        Block source = keys[checked(position) / BLOCK];
        for (int i = 0, at = keyIndex(position); i < headDim; i++, at += panel) {
            key[offset + i] = number(source, at);
        }
    }

    /** Copies the value at {@code position} out, as it was stored. */
    public void getValue(int position, float[] value, int offset) {
        Block source = values[checked(position) / BLOCK];
        for (int i = 0; i < headDim; i++) {
            value[offset + i] = number(source, valueIndex(position, i));
        }
    }

    private float number(Block block, int at) {
        return format == StorageFormat.F32 ? block.floats[at] : format.decode(block.halves[at]);
    }

    /**
     * Keys of one block, {@code [BLOCK / panel][headDim][panel]}, in float32.
     *
     * @param room where they are widened to if they are not stored so, {@code BLOCK · headDim} numbers
     */
    float[] keyBlock(int block, float[] room) {
        return widened(keys[block], room);
    }

    /**
     * Values of one block, {@code [valueStride / panel][BLOCK][panel]}, in float32; the last panel may be narrower.
     *
     * @param room where they are widened to if they are not stored so, {@code BLOCK · valueStride} numbers
     */
    float[] valueBlock(int block, float[] room) {
        return widened(values[block], room);
    }

    private float[] widened(Block block, float[] room) {
        if (format == StorageFormat.F32) {
            return block.floats;
        }
        codec.decode(MemorySegment.ofArray(block.halves), 0, room, 0, block.halves.length);
        return room;
    }

    /** How keys and values are stored. */
    public StorageFormat format() {
        return format;
    }

    int valueStride() {
        return valueStride;
    }

    private int keyIndex(int position) {
        int inBlock = position % BLOCK;
        return inBlock / panel * panel * headDim + inBlock % panel;
    }

    private int valueIndex(int position, int channel) {
        int first = channel / panel * panel;
        return first * BLOCK + position % BLOCK * Math.min(panel, valueStride - first) + channel - first;
    }

    private int checked(int position) {
        if (position < 0 || position >= length) {
            throw new IndexOutOfBoundsException("position " + position + " of " + length + " tokens");
        }
        return position;
    }
}
