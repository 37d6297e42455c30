package io.arkvale.cuda;

import io.arkvale.api.CacheSpec;
import io.arkvale.cuda.CallArguments.Narrow;
import io.arkvale.cuda.CallArguments.Wide;
import io.arkvale.cuda.Kernels.Grid;
import java.lang.foreign.ValueLayout;
import jcuda.driver.JCudaDriver;

/**
 * The memory that all sequences of a cache share: device slots, host slots for backups, a digest a host slot, and the
 * books of the device slots, which the device keeps itself so that it can move pages without the host.
 */
final class Pools {
    /** Ints before the books' arrays: free slots, pages to move, two unused. */
    private static final int HEADER = 4;

    final int deviceSlots;
    final int hostSlots;
    final BackupSlots backups;

    private final CacheSpec spec;
    private final Memory.OnDevice slots;
    private final Memory.Pinned host;
    private final Memory.OnDevice digests;
    private final Memory.OnDevice radii;
    private final Memory.OnDevice books;

    Pools(CacheSpec spec, Memory memory) {
        this.spec = spec;
        deviceSlots = (int) spec.deviceSlots();
        hostSlots = (int) spec.hostSlots();
        slots = memory.allocate(Math.multiplyExact(spec.slotBytes(), spec.deviceSlots()));
        host = memory.pin(Math.multiplyExact(spec.slotBytes(), spec.hostSlots()));
        digests = memory.allocate(spec.slotBytes() / spec.pageSize() * spec.hostSlots());
        radii = memory.allocate((long) Float.BYTES * spec.kvHeadsPerGroup() * spec.hostSlots());
        books = memory.allocate(Integer.BYTES * (HEADER + 2L * deviceSlots + hostSlots));
        backups = new BackupSlots(hostSlots);
    }

    /** Every slot is free, and no digest holds what memory happened to. */
    void clear(Device device, Streams streams, Kernels kernels, CallArguments arguments) {
        for (var block : new Memory.OnDevice[] {digests, radii, books}) {
            device.check(
                    JCudaDriver.cuMemsetD8Async(block.address, (byte) 0, block.bytes, streams.compute), "cuMemset");
        }
        device.check(
                JCudaDriver.cuMemsetD32Async(at(HEADER + 2L * deviceSlots), Tables.NONE, hostSlots, streams.compute),
                "cuMemset");
        kernels.get("sequence", "freeAllSlots")
                .launch(streams.compute, new Grid(64), 256, 0, arguments.set(Narrow.EXTENT, deviceSlots));
    }

    /** Fills in the arguments that no call changes. */
    void describe(CallArguments arguments) {
        arguments
                .set(Wide.POOL, slots.value())
                .set(Wide.HOST, host.value())
                .set(Wide.DIGESTS, digests.value())
                .set(Wide.RADII, radii.value())
                .set(Wide.FREE_COUNT, books.value())
                .set(Wide.MOVE_COUNT, at(1).value())
                .set(Wide.REFERENCES, at(HEADER).value())
                .set(Wide.FREE_SLOTS, at(HEADER + (long) deviceSlots).value())
                .set(Wide.HOLDERS, at(HEADER + 2L * deviceSlots).value())
                .set(Wide.SLOT_BYTES, spec.slotBytes())
                .set(Narrow.LAYERS, spec.layers())
                .set(Narrow.QUERY_HEADS, spec.queryHeads())
                .set(Narrow.KV_HEADS, spec.kvHeads())
                .set(Narrow.HEAD_DIM, spec.headDim())
                .set(Narrow.PAGE_SIZE, spec.pageSize())
                .set(Narrow.GROUPS, spec.headGroups());
    }

    /** The books, to be kept and put back when a step is taken back. */
    Memory.OnDevice books() {
        return books;
    }

    Address moveCount() {
        return at(1);
    }

    Address slot(int slot) {
        return slots.address.plus(slot * spec.slotBytes());
    }

    Address backup(int slot) {
        return host.address.plus(slot * spec.slotBytes());
    }

    /** Vectors of all KV heads of a head group: two each, the first ones first. */
    Address digest(int slot) {
        return digests.address.plus(slot * (spec.slotBytes() / spec.pageSize()));
    }

    Address radius(int slot, int headInGroup) {
        return radii.address.plus((long) Float.BYTES * ((long) slot * spec.kvHeadsPerGroup() + headInGroup));
    }

    /** Device slots that hold a page; waits for the device. */
    long usedSlots(Staging staging) {
        return (long) deviceSlots
                - staging.download(books.address, Integer.BYTES).get(ValueLayout.JAVA_INT, 0);
    }

    /** The same in a copy of the books. */
    long usedSlots(Staging staging, Address copy) {
        return (long) deviceSlots - staging.download(copy, Integer.BYTES).get(ValueLayout.JAVA_INT, 0);
    }

    private Address at(long ints) {
        return books.address.plus(Integer.BYTES * ints);
    }
}
