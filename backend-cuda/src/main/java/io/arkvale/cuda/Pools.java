package io.arkvale.cuda;

import io.arkvale.api.CacheSpec;
import io.arkvale.cuda.driver.Address;
import io.arkvale.cuda.driver.Kernels.Grid;
import io.arkvale.cuda.driver.LaunchQueue;
import io.arkvale.cuda.driver.Memory;
import io.arkvale.cuda.driver.Staging;
import io.arkvale.cuda.driver.Streams;
import io.arkvale.cuda.kernel.CacheStructs.Books;
import io.arkvale.cuda.kernel.CacheStructs.Pages;
import io.arkvale.cuda.kernel.CacheStructs.Shape;
import io.arkvale.cuda.kernel.KernelArguments.FreeAllSlotsArguments;
import io.arkvale.cuda.kernel.KernelName;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The memory that all sequences of a cache share: device slots, host slots for backups, and the books of the device slots,
 * which the device keeps itself so that it can move pages without the host.
 */
public final class Pools {
    /** Ints before the books' arrays: two counters of 8 bytes, of slots given back and taken. References take 8 bytes too. */
    private static final int HEADER = 4;

    public final int deviceSlots;
    public final int hostSlots;
    /** How a slot, and a backup, holds its rows. */
    public final SlotLayout layout;

    private final CacheSpec spec;
    private final Memory.OnDevice slots;
    private final Memory.Pinned host;
    private final Memory.OnDevice books;
    private final Memory.@Nullable OnDevice windows;
    private final Shape shape;

    public Pools(SlotLayout layout, Memory memory) {
        this.layout = layout;
        spec = layout.spec();
        deviceSlots = (int) spec.deviceSlots();
        hostSlots = (int) spec.hostSlots();
        slots = memory.allocate(Math.multiplyExact(layout.slotBytes(), spec.deviceSlots()));
        host = memory.pin(Math.multiplyExact(layout.slotBytes(), spec.hostSlots()));
        books = memory.allocate(Integer.BYTES * (HEADER + 4L * deviceSlots + hostSlots));
        windows = spec.hasWindows() ? memory.allocate((long) Integer.BYTES * spec.layers()) : null;
        shape = new Shape(
                spec.layers(),
                spec.queryHeads(),
                spec.kvHeads(),
                spec.headDim(),
                spec.pageSize(),
                spec.headGroups(),
                (float) spec.attentionScale(),
                windows == null ? 0 : windows.value());
    }

    /** Every slot is free, and the device knows the windows. */
    public void clear(Streams streams, Staging staging, LaunchQueue queue) {
        if (windows != null) {
            var tokens = MemorySegment.ofArray(
                    spec.windows().stream().mapToInt(Integer::intValue).toArray());
            staging.upload(tokens, windows.address, tokens.byteSize());
        }
        streams.fill(books.address, 0, books.bytes);
        streams.fill(at(HEADER + 3L * deviceSlots), TableLayout.NONE, Integer.BYTES * ((long) hostSlots + deviceSlots));
        queue.launch(KernelName.FREE_ALL_SLOTS, new Grid(64), 256, 0, new FreeAllSlotsArguments(booksOfSlots()));
    }

    /** The model's shape. */
    public Shape shape() {
        return shape;
    }

    /** Where kernels find the pages. */
    public Pages pages() {
        return new Pages(slots.value(), host.value(), layout.slotBytes(), layout.scalesAt());
    }

    /** Where kernels find who holds which slot. */
    public Books booksOfSlots() {
        return new Books(
                books.value(),
                at(HEADER + 2L * deviceSlots).value(),
                at(HEADER).value(),
                holders(),
                at(HEADER + 3L * deviceSlots + hostSlots).value(),
                deviceSlots);
    }

    /** Where kernels find the device slot that holds the page of each backup. */
    public long holders() {
        return at(HEADER + 3L * deviceSlots).value();
    }

    public Memory.OnDevice slots() {
        return slots;
    }

    /** The bytes of a backup, which copies under way may still be writing. */
    public MemorySegment backup(int slot) {
        return host.segment().asSlice(slot * layout.slotBytes(), layout.slotBytes());
    }

    /** Whether kernels can note where rows lie in all backups, as they do in the slots: in units of 64 bytes. */
    public boolean backupRowsFit() {
        return layout.slotBytes() * spec.hostSlots() / SlotLayout.UNIT < 1L << Integer.SIZE;
    }

    /** Device slots that hold a page; waits for the device. */
    public long usedSlots(Staging staging) {
        var counters = staging.download(books.address, 2 * Long.BYTES);
        return deviceSlots
                - counters.getAtIndex(ValueLayout.JAVA_LONG, 0)
                + counters.getAtIndex(ValueLayout.JAVA_LONG, 1);
    }

    private Address at(long ints) {
        return books.address.plus(Integer.BYTES * ints);
    }
}
