package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Fills device memory with zeros; an array that a kernel writes first is not uploaded. */
final class ClearKernel {
    private ClearKernel() {}

    static void clear(KernelContext context, FloatArray memory) {
        for (int i = context.globalIdx; i < memory.getSize(); i += context.globalGroupSizeX) {
            memory.set(i, 0);
        }
    }
}
