package io.arkvale.kernels.coded;

import static io.arkvale.kernels.primitive.Registers.FLOATS;
import static io.arkvale.kernels.primitive.Registers.INTS;
import static io.arkvale.kernels.primitive.Registers.LANES;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Widens numbers of as many pages as a vector has lanes, to rows of {@code LANES} numbers each. Each kind of numbers is a class
 * of its own, which the compiler compiles alone: all in one method would be more than it keeps in registers.
 */
abstract sealed class CodeRows {
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    final CodedShape shape;

    private CodeRows(CodedShape shape) {
        this.shape = shape;
    }

    /**
     * Widens the numbers of a part.
     *
     * @param first where the lanes of a record's first word lie
     */
    abstract void read(MemorySegment block, long first, int part);

    /** Zero points, which are the centres if there is one part. */
    static final class Zeros extends CodeRows {
        private final float[] target;

        Zeros(CodedShape shape, float[] target) {
            super(shape);
            this.target = target;
        }

        @Override
        void read(MemorySegment block, long first, int part) {
            int bits = shape.zeroBits();
            int word = shape.zeros();
            int shift = 0;
            for (int i = 0; i < shape.headDim(); i++) {
                var scale = word(block, first, shape.zeroScale(i / CodedShape.RUN));
                code(word(block, first, word), shift, bits)
                        .fma(upper(scale), lower(scale))
                        .intoArray(target, i * LANES);
                shift = next(shift, bits);
                word += shift == 0 ? 1 : 0;
            }
        }
    }

    /** Centres of a part, from the zero points. */
    static final class Centres extends CodeRows {
        private final float[] zeros;
        private final float[] target;

        Centres(CodedShape shape, float[] zeros, float[] target) {
            super(shape);
            this.zeros = zeros;
            this.target = target;
        }

        @Override
        void read(MemorySegment block, long first, int part) {
            int bits = shape.centreBits();
            int word = shape.offsets(part);
            int shift = 0;
            var most = FloatVector.broadcast(FLOATS, CodedShape.most(bits));
            for (int i = 0; i < shape.headDim(); i++) {
                var halfStep = lower(word(block, first, shape.partScale(i / CodedShape.RUN)));
                var code = code(word(block, first, word), shift, bits);
                code.add(code)
                        .sub(most)
                        .fma(halfStep, FloatVector.fromArray(FLOATS, zeros, i * LANES))
                        .intoArray(target, i * LANES);
                shift = next(shift, bits);
                word += shift == 0 ? 1 : 0;
            }
        }
    }

    /** Extents of a part, behind its centres. */
    static final class Extents extends CodeRows {
        private final float[] target;

        Extents(CodedShape shape, float[] target) {
            super(shape);
            this.target = target;
        }

        @Override
        void read(MemorySegment block, long first, int part) {
            int bits = shape.extentBits();
            int word = shape.extents(part);
            int shift = 0;
            for (int i = 0; i < shape.extents(); i++) {
                var step = upper(word(block, first, shape.partScale(i / CodedShape.RUN)));
                code(word(block, first, word), shift, bits).mul(step).intoArray(target, (shape.headDim() + i) * LANES);
                shift = next(shift, bits);
                word += shift == 0 ? 1 : 0;
            }
        }
    }

    /** Where the code after one begins in its word; 0 in the next word, where there is no room for it. Divides nothing. */
    private static int next(int shift, int bits) {
        int next = shift + bits;
        return next + bits > Integer.SIZE ? 0 : next;
    }

    private static IntVector word(MemorySegment block, long first, int word) {
        return IntVector.fromMemorySegment(
                INTS, block, first + (long) word * CodedScoreKernel.PAGES * Integer.BYTES, ORDER);
    }

    private static FloatVector code(IntVector words, int shift, int bits) {
        return (FloatVector) words.lanewise(VectorOperators.LSHR, shift)
                .and(CodedShape.most(bits))
                .convertShape(VectorOperators.I2F, FLOATS, 0);
    }

    private static FloatVector lower(IntVector halves) {
        return halves.lanewise(VectorOperators.LSHL, 16).reinterpretAsFloats();
    }

    private static FloatVector upper(IntVector halves) {
        return halves.and(0xFFFF0000).reinterpretAsFloats();
    }
}
