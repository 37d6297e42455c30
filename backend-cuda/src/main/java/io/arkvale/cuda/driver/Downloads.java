package io.arkvale.cuda.driver;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUresult;

/** Copies of a few bytes from the device that are waited for later than they are queued, or not at all. */
public final class Downloads {
    private static final int USUAL_BYTES = 4096;

    private final Device device;
    private final Memory memory;
    private final Streams streams;
    private final Deque<Place> free = new ArrayDeque<>();

    /** Where a copy arrives, and what says that it has. */
    private record Place(Memory.Pinned block, CUevent arrived) {
        private boolean fits(long bytes) {
            return block.bytes >= bytes;
        }
    }

    /**
     * Makes room for one copy.
     *
     * @throws io.arkvale.api.CapacityException if there is no memory for it
     */
    public Downloads(Device device, Memory memory, Streams streams) {
        this.device = device;
        this.memory = memory;
        this.streams = streams;
        makeRoom(USUAL_BYTES);
    }

    /** A copy that is under way. */
    public final class Download {
        private final Place place;
        private final long bytes;

        private Download(Place place, long bytes) {
            this.place = place;
            this.bytes = bytes;
        }

        /** Whether it has arrived. */
        public boolean isComplete() {
            int result = device.driver.cuEventQuery(place.arrived());
            if (result == CUresult.CUDA_ERROR_NOT_READY) {
                return false;
            }
            device.check(result, "cuEventQuery");
            return true;
        }

        /** Waits for it. The bytes are the caller's, at an address that is a multiple of 8. Asked once. */
        public MemorySegment await() {
            device.check(device.driver.cuEventSynchronize(place.arrived()), "cuEventSynchronize");
            var copy = MemorySegment.ofArray(new long[Math.toIntExact(Math.ceilDiv(bytes, Long.BYTES))]);
            MemorySegment.copy(place.block().segment(), 0, copy, 0, bytes);
            free.add(place);
            return copy;
        }
    }

    /**
     * Makes sure that a copy of so many bytes can be queued without asking for memory.
     *
     * @throws io.arkvale.api.CapacityException if there is no memory for it
     */
    public void makeRoom(long bytes) {
        if (free.stream().anyMatch(place -> place.fits(bytes))) {
            return;
        }
        var block = memory.pin(Math.max(bytes, USUAL_BYTES));
        var narrow = free.poll();
        if (narrow == null) {
            free.add(new Place(block, newEvent(block)));
        } else {
            free.add(new Place(block, narrow.arrived()));
            narrow.block().close();
        }
    }

    private CUevent newEvent(Memory.Pinned block) {
        CUevent event = null;
        try {
            event = streams.newEvent();
        } finally {
            if (event == null) {
                block.close();
            }
        }
        return event;
    }

    private Place take(long bytes) {
        makeRoom(bytes);
        var place = free.stream().filter(one -> one.fits(bytes)).findFirst().orElseThrow();
        free.remove(place);
        return place;
    }

    /** Queues a copy of what the compute queue leaves there; {@link #makeRoom} came before. */
    public Download start(Address source, long bytes) {
        var place = take(bytes);
        device.check(
                device.driver.cuMemcpyDtoHAsync(
                        Pointer.to(place.block().segment().asByteBuffer()), source, bytes, streams.compute),
                "cuMemcpyDtoHAsync");
        device.check(device.driver.cuEventRecord(place.arrived(), streams.compute), "cuEventRecord");
        return new Download(place, bytes);
    }
}
