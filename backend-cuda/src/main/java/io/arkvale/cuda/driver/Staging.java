package io.arkvale.cuda.driver;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import jcuda.Pointer;
import jcuda.driver.CUevent;

/**
 * Pinned memory through which everything passes between the heap and the device. It has three parts that are used in turn:
 * before one is used again, the work that was queued up to the end of the part after it has to be over, which it is long
 * since unless the host is far ahead.
 */
public final class Staging {
    private static final int USUAL_BYTES = 1 << 19;
    private static final int ALIGNMENT = 64;
    private static final int PARTS = 3;

    private final Device device;
    private final Memory memory;
    private final Streams streams;

    /** By part: what was queued when it was left. */
    private final List<CUevent> left = new ArrayList<>();

    private Memory.Pinned ring;
    private int part;
    private int used;

    public Staging(Device device, Memory memory, Streams streams) {
        this.device = device;
        this.memory = memory;
        this.streams = streams;
        for (int i = 0; i < PARTS; i++) {
            left.add(streams.newEvent());
        }
        ring = memory.pin(PARTS * (long) USUAL_BYTES);
    }

    /**
     * A piece of the memory.
     *
     * @param buffer its bytes, in native order, valid until the device has been waited for
     * @param address where the device sees them
     */
    public record Part(ByteBuffer buffer, Address address, Pointer pointer) {}

    /** Everything staged so far has been used. */
    public void reset() {
        used = 0;
    }

    private long partBytes() {
        return ring.bytes / PARTS / ALIGNMENT * ALIGNMENT;
    }

    /** Goes on to the next part unless a piece, or several that must not be separated, can be taken at once. */
    public void makeRoom(long... pieces) {
        long all = 0;
        for (long bytes : pieces) {
            all += aligned(bytes);
        }
        if (all > partBytes()) {
            streams.synchronize();
            reset();
            var wider = memory.pin(PARTS * all);
            ring.close();
            ring = wider;
        } else if (all > partBytes() - used) {
            streams.mark(left.get(part));
            part = (part + 1) % PARTS;
            device.check(device.driver.cuEventSynchronize(left.get((part + 1) % PARTS)), "cuEventSynchronize");
            reset();
        }
    }

    private static long aligned(long bytes) {
        return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }

    /** A free piece; waits for the device only if there is none. */
    public Part take(long bytes) {
        makeRoom(bytes);
        long at = part * partBytes() + used;
        used += Math.toIntExact(aligned(bytes));
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
