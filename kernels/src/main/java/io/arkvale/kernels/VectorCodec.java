package io.arkvale.kernels;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** A codec whose numbers can be taken into registers without a detour. */
sealed interface VectorCodec extends FormatCodec permits VectorF32Codec, VectorF16Codec, VectorBf16Codec {
    /** One vector of finite numbers from byte {@code offset}; what others become is undefined. */
    FloatVector load(MemorySegment source, long offset);
}
