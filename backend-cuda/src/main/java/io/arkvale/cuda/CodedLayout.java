package io.arkvale.cuda;

import io.arkvale.api.Digest.Form;
import io.arkvale.api.Digest.Shape;

/**
 * Where things lie in the record of a digest in few bits, and what they read as; {@code coded.cuh} says more.
 *
 * @param form what is stored
 * @param headDim elements of a head
 */
record CodedLayout(Form form, int headDim) {
    /** Words of a copy to shared memory. */
    private static final int COPIED = 4;

    /** What a stage of records has room for, unless two parts take more. */
    private static final int USUAL_STAGE = 192;

    /** What each piece of a run takes: a vector of 16 bytes per thread of a warp. */
    private static final int RUN_BYTES = 32 * 16;

    /** What the sums of a run's factors take, one per query head. */
    private static final int SUM_BYTES = 8 * Float.BYTES;

    private int extents() {
        return form.shape().extents(headDim);
    }

    private int runs() {
        return Math.ceilDiv(headDim, Form.RUN);
    }

    private int firstZero() {
        return form.parts() > 1 || extents() > 0 ? 2 * runs() : runs();
    }

    private int offsetWords() {
        return form.parts() > 1 ? words(headDim, form.centreBits()) : 0;
    }

    private int offsets(int part) {
        return firstZero()
                + words(headDim, form.zeroBits())
                + part * (offsetWords() + words(extents(), form.extentBits()));
    }

    private static int words(int codes, int bits) {
        return Math.ceilDiv(codes * bits, Integer.SIZE);
    }

    /** Words of a record, a multiple of 16 bytes: so much is copied at a time. */
    int words() {
        return Math.ceilDiv(offsets(form.parts()), COPIED) * COPIED;
    }

    /** Words that a record takes of a stage when it is scored: all, or as many as its first parts and the zero points do. */
    int stageWords() {
        int parts = form.parts();
        while (offsets(parts) + COPIED > USUAL_STAGE && parts > 2) {
            parts /= 2;
        }
        return parts == form.parts() ? words() : offsets(parts) + COPIED;
    }

    /**
     * Bytes of shared memory for what codes are multiplied with when pages are scored, and its sums.
     *
     * @param queryPieces numbers of bfloat16 that an element of a query is the sum of
     */
    int factorBytes(int queryPieces) {
        int extentRuns = Math.ceilDiv(extents(), Form.RUN);
        int weightPieces = form.shape() == Shape.CUBOID ? queryPieces : 3;
        return RUN_BYTES * (runs() * queryPieces + extentRuns * weightPieces) + SUM_BYTES * (runs() + extentRuns);
    }

    /** Bytes of shared memory that summarising takes: centres, extents and a record. */
    int summaryBytes() {
        return Integer.BYTES * (form.numbers(headDim) + words());
    }

    /** The numbers of a record, as views show them. */
    float[] read(int[] record) {
        var numbers = new float[form.numbers(headDim)];
        int length = headDim + extents();
        for (int part = 0; part < form.parts(); part++) {
            for (int i = 0; i < headDim; i++) {
                numbers[part * length + i] = centre(record, part, i);
            }
            for (int i = 0; i < extents(); i++) {
                float step = ofHalf(record[runs() + i / Form.RUN] >>> 16);
                numbers[part * length + headDim + i] =
                        step * code(record, offsets(part) + offsetWords(), i, form.extentBits());
            }
        }
        return numbers;
    }

    private float centre(int[] record, int part, int i) {
        int scale = record[i / Form.RUN];
        int code = code(record, firstZero(), i, form.zeroBits());
        float zero = Math.fma(ofHalf(scale >>> 16), code, ofHalf(scale));
        if (form.parts() == 1) {
            return zero;
        }
        int most = (1 << form.centreBits()) - 1;
        int odd = 2 * code(record, offsets(part), i, form.centreBits()) - most;
        return Math.fma(ofHalf(record[runs() + i / Form.RUN]), odd, zero);
    }

    private static float ofHalf(int half) {
        return Float.intBitsToFloat(half << 16);
    }

    private static int code(int[] record, int first, int index, int bits) {
        int bit = index * bits;
        int word = first + bit / Integer.SIZE;
        int shift = bit % Integer.SIZE;
        int code = record[word] >>> shift;
        if (shift + bits > Integer.SIZE) {
            code |= record[word + 1] << (Integer.SIZE - shift);
        }
        return code & ((1 << bits) - 1);
    }
}
