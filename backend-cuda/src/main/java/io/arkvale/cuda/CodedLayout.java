package io.arkvale.cuda;

import io.arkvale.api.Digest.Form;

/**
 * Where things lie in the record of a digest in few bits, and what they read as; coded.cu writes records and says more.
 *
 * @param form what is stored
 * @param headDim elements of a head
 */
record CodedLayout(Form form, int headDim) {
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

    /** Words of a record. */
    int words() {
        return offsets(form.parts());
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
