package io.arkvale.kernels.codec;

import static io.arkvale.kernels.primitive.Registers.FLOATS;
import static io.arkvale.kernels.primitive.Registers.LANES;

import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/**
 * Float32 as it is: conversion is copying. Blocks are read as four streams, a quarter apart, because memory that is in no
 * cache comes faster when several pages of virtual memory are waited for at once.
 */
final class VectorF32Codec implements VectorCodec {
    static final VectorF32Codec INSTANCE = new VectorF32Codec();

    private VectorF32Codec() {}

    @Override
    public StorageFormat format() {
        return StorageFormat.F32;
    }

    @Override
    public FloatVector load(MemorySegment source, long offset) {
        return FloatVector.fromMemorySegment(FLOATS, source, offset, ByteOrder.nativeOrder());
    }

    @Override
    public void decode(MemorySegment source, long offset, float[] target, int at, int count) {
        int quarter = count / (4 * LANES) * LANES;
        for (int i = 0; i < quarter; i += LANES) {
            load(source, offset, i).intoArray(target, at + i);
            load(source, offset, i + quarter).intoArray(target, at + i + quarter);
            load(source, offset, i + 2 * quarter).intoArray(target, at + i + 2 * quarter);
            load(source, offset, i + 3 * quarter).intoArray(target, at + i + 3 * quarter);
        }
        int rest = 4 * quarter;
        MemorySegment.copy(
                source,
                ValueLayout.JAVA_FLOAT_UNALIGNED,
                offset + (long) rest * Float.BYTES,
                target,
                at + rest,
                count - rest);
    }

    private FloatVector load(MemorySegment source, long offset, long index) {
        return load(source, offset + index * Float.BYTES);
    }

    @Override
    public void encode(float[] source, int at, MemorySegment target, long offset, int count) {
        MemorySegment.copy(source, at, target, ValueLayout.JAVA_FLOAT_UNALIGNED, offset, count);
    }

    @Override
    public boolean allFinite(MemorySegment source, long offset, long count) {
        long i = 0;
        // x - x is 0 for a finite x and NaN otherwise, and a sum with a NaN in it is NaN.
        FloatVector sum = FloatVector.zero(FLOATS);
        for (; i <= count - LANES; i += LANES) {
            var x = load(source, offset, i);
            sum = sum.add(x.sub(x));
        }
        return sum.eq(0).allTrue() && ScalarCodec.F32.allFinite(source, offset + i * Float.BYTES, count - i);
    }
}
