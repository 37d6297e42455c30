package io.arkvale.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/** What {@link AppendKernel} and {@link AttendKernel} do with elements of 16 bits, for {@link ElementTypeProbe}. */
final class ElementTypeKernels {
    private ElementTypeKernels() {}

    static void store(KernelContext context, IntArray bits, ShortArray elements) {
        int at = context.globalIdx;
        elements.set(at, (short) bits.get(at));
    }

    /** @param type shift and start of the scales; see {@link Stored} */
    static void number(
            KernelContext context, IntArray type, ShortArray elements, FloatArray scales, FloatArray numbers) {
        int at = context.globalIdx;
        numbers.set(at, Stored.number(elements, scales, type.get(0), type.get(1), at));
    }
}
