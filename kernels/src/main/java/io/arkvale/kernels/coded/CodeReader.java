package io.arkvale.kernels.coded;

import io.arkvale.kernels.storage.Bfloat16;

/** Widens records to float32. */
public final class CodeReader {
    private final CodedShape shape;

    /** A reader of records of a shape. */
    public CodeReader(CodedShape shape) {
        this.shape = shape;
    }

    /**
     * Reads a record.
     *
     * @param numbers {@code [parts][headDim + extents]}, written: of each part the centre, then its extents
     */
    public void read(int[] words, float[] numbers) {
        int length = shape.headDim() + shape.extents();
        for (int part = 0; part < shape.parts(); part++) {
            for (int i = 0; i < shape.headDim(); i++) {
                numbers[part * length + i] = centre(words, part, i);
            }
            for (int i = 0; i < shape.extents(); i++) {
                float step = Bfloat16.widened(words[shape.partScale(i / CodedShape.RUN)] >>> 16);
                numbers[part * length + shape.headDim() + i] =
                        step * code(words, shape.extents(part), i, shape.extentBits());
            }
        }
    }

    private float centre(int[] words, int part, int i) {
        int scale = words[shape.zeroScale(i / CodedShape.RUN)];
        int code = code(words, shape.zeros(), i, shape.zeroBits());
        float zero = Math.fma(Bfloat16.widened(scale >>> 16), code, Bfloat16.widened(scale));
        if (!shape.hasOffsets()) {
            return zero;
        }
        float halfStep = Bfloat16.widened(words[shape.partScale(i / CodedShape.RUN)]);
        int offset = code(words, shape.offsets(part), i, shape.centreBits());
        return CodeWriter.centre(halfStep, offset, CodedShape.most(shape.centreBits()), zero);
    }

    private static int code(int[] words, int first, int index, int bits) {
        int perWord = CodedShape.codesPerWord(bits);
        return (words[first + index / perWord] >>> (index % perWord * bits)) & CodedShape.most(bits);
    }
}
