package io.arkvale.cuda.driver;

import io.arkvale.api.CapacityException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.Set;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;

/** The memory of one cache, on the device and pinned in the host: counted, and freed at the latest with the cache. */
public final class Memory implements AutoCloseable {
    private static final String PINNED = "bytes of pinned host memory";
    private static final long HOST_PAGE = 4096;

    private final Device device;
    private final Set<Block> blocks = new LinkedHashSet<>();
    private long deviceBytes;
    private long hostBytes;

    public Memory(Device device) {
        this.device = device;
    }

    /** A block of memory, known to the device by its address. */
    public abstract sealed class Block implements AutoCloseable {
        public final Address address = new Address();
        public final long bytes;

        private Block(long bytes) {
            this.bytes = bytes;
        }

        public long value() {
            return address.value();
        }

        abstract int free();

        abstract void count(long bytes);

        /** Waits for work that may use it; closing twice is harmless. */
        @Override
        public void close() {
            if (blocks.remove(this)) {
                count(-bytes);
                int result = free();
                if (!device.isLost()) {
                    device.check(result, "freeing memory");
                }
            }
        }
    }

    /** Device memory. */
    public final class OnDevice extends Block {
        private OnDevice(long bytes) {
            super(bytes);
        }

        @Override
        int free() {
            return device.driver.cuMemFree(address);
        }

        @Override
        void count(long bytes) {
            deviceBytes += bytes;
        }
    }

    /** Host memory that the device reads and writes directly. */
    public final class Pinned extends Block {
        private final Arena arena;
        private final MemorySegment segment;

        private Pinned(Arena arena, MemorySegment segment) {
            super(segment.byteSize());
            this.arena = arena;
            this.segment = segment;
        }

        public MemorySegment segment() {
            return segment;
        }

        private Pointer pointer() {
            return new HostPointer(segment.address());
        }

        @Override
        int free() {
            int result = device.driver.cuMemHostUnregister(pointer());
            arena.close();
            return result;
        }

        @Override
        void count(long bytes) {
            hostBytes += bytes;
        }
    }

    /** A host address as JCuda takes it. Its own allocation of pinned memory ends at 2 GiB. */
    private static final class HostPointer extends Pointer {
        HostPointer(long address) {
            super(address);
        }
    }

    /**
     * Allocates device memory; its content is undefined.
     *
     * @throws CapacityException if there is not enough
     */
    public OnDevice allocate(long bytes) {
        var block = new OnDevice(Math.max(bytes, 16));
        device.checkAllocation(
                device.driver.cuMemAlloc(block.address, block.bytes), "cuMemAlloc", "bytes of device memory", bytes);
        return register(block);
    }

    /**
     * Allocates pinned host memory of zeros.
     *
     * @throws CapacityException if there is not enough
     */
    public Pinned pin(long bytes) {
        var block = hostMemory(bytes);
        try {
            device.checkAllocation(
                    device.driver.cuMemHostRegister(
                            block.pointer(),
                            block.bytes,
                            JCudaDriver.CU_MEMHOSTREGISTER_DEVICEMAP | JCudaDriver.CU_MEMHOSTREGISTER_PORTABLE),
                    "cuMemHostRegister",
                    PINNED,
                    bytes);
        } catch (RuntimeException e) {
            block.arena.close();
            throw e;
        }
        register(block);
        device.check(
                device.driver.cuMemHostGetDevicePointer(block.address, block.pointer(), 0),
                "cuMemHostGetDevicePointer");
        return block;
    }

    @SuppressWarnings("MustBeClosedChecker") // the block closes the arena
    private Pinned hostMemory(long bytes) {
        var arena = Arena.ofShared();
        try {
            return new Pinned(arena, arena.allocate(Math.max(bytes, HOST_PAGE), HOST_PAGE));
        } catch (OutOfMemoryError e) {
            arena.close();
            throw new CapacityException(PINNED, bytes, 0);
        }
    }

    private <B extends Block> B register(B block) {
        blocks.add(block);
        block.count(block.bytes);
        return block;
    }

    public long deviceBytes() {
        return deviceBytes;
    }

    public long hostBytes() {
        return hostBytes;
    }

    @Override
    public void close() {
        Release.all(Set.copyOf(blocks), Block::close);
    }
}
