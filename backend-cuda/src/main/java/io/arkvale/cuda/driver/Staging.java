package io.arkvale.cuda.driver;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;

/** A ring of pinned memory through which everything passes between the heap and the device. */
public final class Staging {
    private static final int USUAL_BYTES = 1 << 20;
    private static final int ALIGNMENT = 64;

    private final Device device;
    private final Memory memory;
    private final Streams streams;
    private Memory.Pinned ring;
    private int used;

    public Staging(Device device, Memory memory, Streams streams) {
        this.device = device;
        this.memory = memory;
        this.streams = streams;
        ring = memory.pin(USUAL_BYTES);
    }

    /**
     * A part of the ring.
     *
     * @param buffer its bytes, in native order, valid until the device has been waited for
     * @param address where the device sees them
     */
    public record Part(ByteBuffer buffer, Address address, Pointer pointer) {}

    /** Everything staged so far has been used. */
    public void reset() {
        used = 0;
    }

    /** Waits for the device unless a part, or several that must not wait for each other, can be taken at once. */
    public void makeRoom(long... parts) {
        long all = 0;
        for (long bytes : parts) {
            all += aligned(bytes);
        }
        if (all > ring.bytes - used) {
            streams.synchronize();
            reset();
            if (all > ring.bytes) {
                var wider = memory.pin(all);
                ring.close();
                ring = wider;
            }
        }
    }

    private static long aligned(long bytes) {
        return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }

    /** A free part of the ring; waits for the device if there is none. */
    public Part take(long bytes) {
        makeRoom(bytes);
        int size = Math.toIntExact(aligned(bytes));
        int at = used;
        used += size;
        var buffer = ring.segment().asSlice(at, bytes).asByteBuffer().order(ByteOrder.nativeOrder());
        return new Part(buffer, ring.address.plus(at), Pointer.to(buffer));
    }

    /** Copies to the device, in the order of the compute queue; the source may be reused at once. */
    public void upload(MemorySegment source, Address target, long bytes) {
        for (long done = 0; done < bytes; ) {
            long count = Math.min(bytes - done, USUAL_BYTES);
            var part = take(count);
            MemorySegment.copy(source, done, MemorySegment.ofBuffer(part.buffer()), 0, count);
            upload(part, target.plus(done));
            done += count;
        }
    }

    public void upload(Part part, Address target) {
        device.check(
                device.driver.cuMemcpyHtoDAsync(
                        target, part.pointer(), part.buffer().capacity(), streams.compute),
                "cuMemcpyHtoDAsync");
    }

    /** Copies from the device what the compute queue leaves there; waits for it. */
    public void download(Address source, MemorySegment target, long bytes) {
        for (long done = 0; done < bytes; ) {
            long count = Math.min(bytes - done, USUAL_BYTES);
            var part = download(source.plus(done), count);
            MemorySegment.copy(part, 0, target, done, count);
            done += count;
        }
    }

    /** The same for few bytes, which are valid until the next call. */
    public MemorySegment download(Address source, long bytes) {
        streams.awaitAhead();
        var part = take(bytes);
        device.check(
                device.driver.cuMemcpyDtoHAsync(part.pointer(), source, bytes, streams.compute), "cuMemcpyDtoHAsync");
        streams.synchronize();
        reset();
        return MemorySegment.ofBuffer(part.buffer());
    }
}
