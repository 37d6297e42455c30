package io.arkvale.kernels.codec;

import io.arkvale.kernels.storage.FormatCodec;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.MemorySegment;

/** Converts one number at a time. */
public record ScalarCodec(StorageFormat format) implements FormatCodec {
    static final ScalarCodec F32 = new ScalarCodec(StorageFormat.F32);
    static final ScalarCodec BF16 = new ScalarCodec(StorageFormat.BF16);

    @Override
    public void decode(MemorySegment source, long offset, float[] target, int at, int count) {
        for (int i = 0; i < count; i++) {
            target[at + i] = format.get(source, offset + (long) i * format.bytes());
        }
    }

    @Override
    public void encode(float[] source, int at, MemorySegment target, long offset, int count) {
        for (int i = 0; i < count; i++) {
            format.set(target, offset + (long) i * format.bytes(), source[at + i]);
        }
    }

    @Override
    public boolean allFinite(MemorySegment source, long offset, long count) {
        for (long i = 0; i < count; i++) {
            if (!Float.isFinite(format.get(source, offset + i * format.bytes()))) {
                return false;
            }
        }
        return true;
    }
}
