package io.arkvale.kernels.codec;

import io.arkvale.kernels.storage.FormatCodec;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** A codec whose numbers can be taken into registers without a detour. */
public sealed interface VectorCodec extends FormatCodec permits VectorF32Codec, VectorF16Codec, VectorBf16Codec {
    /** The one for a format, shared by all: it has no state. */
    static VectorCodec of(StorageFormat format) {
        return switch (format) {
            case F32 -> VectorF32Codec.INSTANCE;
            case F16 -> VectorF16Codec.INSTANCE;
            case BF16 -> VectorBf16Codec.INSTANCE;
        };
    }

    /** One vector of finite numbers from byte {@code offset}; what others become is undefined. */
    FloatVector load(MemorySegment source, long offset);
}
