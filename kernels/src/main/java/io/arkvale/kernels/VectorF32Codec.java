package io.arkvale.kernels;

import static io.arkvale.kernels.VectorKernels.FLOATS;
import static io.arkvale.kernels.VectorKernels.LANES;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/** Float32 as it is: conversion is copying. */
final class VectorF32Codec implements FormatCodec {
    static final VectorF32Codec INSTANCE = new VectorF32Codec();

    private VectorF32Codec() {}

    @Override
    public StorageFormat format() {
        return StorageFormat.F32;
    }

    @Override
    public void decode(MemorySegment source, long offset, float[] target, int at, int count) {
        MemorySegment.copy(source, ValueLayout.JAVA_FLOAT_UNALIGNED, offset, target, at, count);
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
            var x = FloatVector.fromMemorySegment(FLOATS, source, offset + i * Float.BYTES, ByteOrder.nativeOrder());
            sum = sum.add(x.sub(x));
        }
        return sum.eq(0).allTrue() && ScalarCodec.F32.allFinite(source, offset + i * Float.BYTES, count - i);
    }
}
