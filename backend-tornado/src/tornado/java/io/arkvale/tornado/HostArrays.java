package io.arkvale.tornado;

import java.lang.foreign.MemorySegment;
import java.util.List;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** The arrays that TornadoVM sends and fetches for one plan, in {@link OwnPages}. To be closed after the plan. */
final class HostArrays implements AutoCloseable {
    private final OwnPages memory = new OwnPages();

    FloatArray floats(int elements) {
        return FloatArray.fromSegmentShallow(take(elements, Float.BYTES));
    }

    IntArray ints(int elements) {
        return IntArray.fromSegmentShallow(take(elements, Integer.BYTES));
    }

    ShortArray shorts(int elements) {
        return ShortArray.fromSegmentShallow(take(elements, Short.BYTES));
    }

    private MemorySegment take(int elements, int bytes) {
        return memory.take(TornadoNativeArray.ARRAY_HEADER + (long) elements * bytes);
    }

    /**
     * Pins arrays that TornadoVM has not seen yet until this is closed.
     *
     * @return false where that cannot be done; nothing is pinned then
     */
    boolean pin(List<? extends TornadoNativeArray> some) {
        return PinnedMemory.pin(
                some.stream().map(TornadoNativeArray::getSegmentWithHeader).toList());
    }

    @Override
    public void close() {
        memory.close();
    }
}
