package io.arkvale.tornado;

import java.lang.foreign.MemorySegment;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * An array that lives on the device: never sent there, never fetched whole. TornadoVM takes its length from a host array,
 * which is {@link AddressSpace} where the host has that, and else memory that stays unused.
 *
 * @param <A> the type of array
 * @param array the array, for task graphs; its numbers on the host are not to be touched
 * @param addresses what it lies in on the host; null if that is memory
 */
record DeviceOnly<A extends TornadoNativeArray>(
        A array, @Nullable AddressSpace addresses) implements AutoCloseable {
    /** An array of float32 numbers. */
    static DeviceOnly<FloatArray> floats(int elements, HostArrays arrays) {
        return make(elements, Float.BYTES, arrays::floats, FloatArray::fromSegmentShallow);
    }

    /** An array of elements of 16 bits. */
    static DeviceOnly<ShortArray> shorts(int elements, HostArrays arrays) {
        return make(elements, Short.BYTES, arrays::shorts, ShortArray::fromSegmentShallow);
    }

    private static <A extends TornadoNativeArray> DeviceOnly<A> make(
            int elements, int bytes, IntFunction<A> inMemory, Function<MemorySegment, A> over) {
        var addresses = AddressSpace.reserve(TornadoNativeArray.ARRAY_HEADER + (long) elements * bytes);
        return addresses == null
                ? new DeviceOnly<>(inMemory.apply(elements), null)
                : new DeviceOnly<>(over.apply(addresses.segment()), addresses);
    }

    /** Bytes of host memory that it holds. */
    long hostBytes() {
        return addresses == null ? array.getNumBytesOfSegmentWithHeader() : AddressSpace.USABLE;
    }

    /** Gives the addresses back, once no task graph has the array. */
    @Override
    public void close() {
        if (addresses != null) {
            addresses.close();
        }
    }
}
