package io.arkvale.core.tensor;

import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.ClosedException;
import io.arkvale.api.ElementType;
import io.arkvale.api.InvalidArgumentException;
import java.lang.foreign.MemorySegment;

/** Checks of the caller's memory that a tensor is to lie over. */
final class WrappedMemory {
    /** Of no use but to ask whether every thread may access a segment; never started. */
    private static final Thread ANY_OTHER = Thread.ofVirtual().unstarted(() -> {});

    private WrappedMemory() {}

    /**
     * Bytes from the first row's first to the last row's last.
     *
     * @throws InvalidArgumentException if the stride is too short, not aligned, or the memory would exceed a {@code long}
     */
    static long bytes(ElementType type, int rows, int heads, int width, long rowStride, int alignment) {
        int unit = Math.max(alignment, type.bytes());
        try {
            long row = Math.multiplyExact((long) heads * width, (long) type.bytes());
            if (rowStride < row || rowStride % unit != 0) {
                throw new InvalidArgumentException(
                        "rowStride is " + rowStride + "; allowed: multiples of " + unit + " from " + row);
            }
            return Math.addExact(Math.multiplyExact(rows - 1L, rowStride), row);
        } catch (ArithmeticException e) {
            throw new InvalidArgumentException("[" + rows + ", " + heads + ", " + width + "] with rowStride "
                    + rowStride + " would have more bytes than a long can count");
        }
    }

    /** The memory must have so many bytes and be of the kind that the backend declares. */
    static void require(MemorySegment memory, long bytes, ElementType type, Capabilities capabilities) {
        if (!memory.scope().isAlive()) {
            throw new ClosedException("the memory is closed");
        }
        if (!memory.isNative()) {
            throw new InvalidArgumentException("the memory is on the heap; allowed: memory outside the heap");
        }
        if (memory.isReadOnly()) {
            throw new InvalidArgumentException("the memory is read-only; allowed: memory that can be written");
        }
        if (capabilities.supports(Feature.HOST_TENSORS) && !memory.isAccessibleBy(ANY_OTHER)) {
            throw new InvalidArgumentException(
                    "the memory is one thread's alone; allowed: memory that every thread may access");
        }
        CallChecks.room("the memory", memory, bytes);
        int unit = Math.max(capabilities.tensorAlignment(), type.bytes());
        if (memory.address() % unit != 0) {
            throw new InvalidArgumentException(
                    "the memory's address is " + memory.address() + "; allowed: multiples of " + unit);
        }
    }
}
