package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.CapacityException;

/**
 * How large the arrays of an {@link Engine} are, in elements.
 *
 * @param memoryElements device memory, scratch included
 * @param scratchElements the part in which scores and unmerged splits stand for a moment
 * @param rowElements what goes to the device, or comes back, with one execution
 * @param stagingElements pages that go to the device, or come back, with one execution
 * @param tableNumbers integers that say what to do
 */
record EngineSize(int memoryElements, int scratchElements, int rowElements, int stagingElements, int tableNumbers) {
    /** What small caches share. */
    static final EngineSize SHARED = new EngineSize(1 << 24, 1 << 21, 1 << 16, 1 << 15, 1 << 16);

    /** Pages that can be recalled together with the attention over them. */
    private static final int STAGED_PAGES = 8;

    /** Sequences whose decoding surely goes into one execution. */
    private static final int SEQUENCES = 8;

    /** TornadoVM's arrays count elements with ints. */
    private static final long MOST_ELEMENTS = Integer.MAX_VALUE - 64;

    /** Ranks of pages come back as float32 numbers, exact up to here. */
    private static final long MOST_PAGES = 1 << 24;

    /**
     * What a cache needs for itself.
     *
     * @throws CapacityException if that is more than one array can hold
     */
    static EngineSize of(CacheSpec spec) {
        long pool = poolElements(spec);
        // Every page of a sequence has a device slot or a backup in each layer and group.
        long pages = (spec.deviceSlots() + backups(spec)) / spec.layers();
        if (pages > MOST_PAGES) {
            throw new CapacityException("pages per layer", pages, MOST_PAGES);
        }
        long sequenceRows = (spec.queryHeads() + 2L * spec.kvHeads()) * spec.headDim();
        long row = Math.max(SHARED.rowElements, Math.max(2 * pages, SEQUENCES * sequenceRows));
        long scratch = scratchElements(spec, pages);
        // Each is given out in whole cache lines.
        long memory = Math.addExact(DeviceMemory.aligned(pool), DeviceMemory.aligned(scratch));
        if (memory > MOST_ELEMENTS) {
            throw new CapacityException("bytes of device memory", memory * Float.BYTES, MOST_ELEMENTS * Float.BYTES);
        }
        // A few pages of all head groups, so that a step's recalls go with its attention; all of it is copied whenever
        // one of
        // them is.
        long pageElements = (long) spec.headGroups() * Shape.of(spec).slotElements();
        int staging = Math.clamp(STAGED_PAGES * pageElements, SHARED.stagingElements, 1 << 20);
        return new EngineSize((int) memory, (int) scratch, (int) row, staging, (int) tableNumbers(spec, pages));
    }

    private static long backups(CacheSpec spec) {
        return Math.addExact(spec.hostSlots(), spec.diskSlots());
    }

    /** Room for the scores, or for the unmerged splits, of one sequence. */
    private static long scratchElements(CacheSpec spec, long pages) {
        long scores = Math.multiplyExact(pages, (long) spec.queryHeads());
        // A prefill over evicted pages leaves a part for each time that the guest slots are filled.
        long parts = Math.max(Splits.MOST_SPLITS, pages / Guests.COUNT + 1) * attendChunks(spec);
        return Math.max(SHARED.scratchElements, scores + parts * Attender.partElements(spec));
    }

    /** Room for what one sequence's scoring, or one head group's attention, is told. */
    private static long tableNumbers(CacheSpec spec, long pages) {
        long scoreChunks = (long) spec.kvHeads() * Math.ceilDiv(spec.queryHeadsPerKvHead(), ScoreKernel.HEADS);
        long blocks = pages / ScoreKernel.PAGES + spec.headGroups();
        long scoring = pages + blocks * (GroupScoreKernel.FIELDS + scoreChunks * ScoreKernel.FIELDS);
        long attention = pages
                + attendChunks(spec) * Splits.MOST_SPLITS * AttendKernel.FIELDS
                + (long) spec.queryHeadsPerGroup() * MergeKernel.FIELDS;
        long append = SEQUENCES * (long) spec.kvHeads() * (AppendKernel.FIELDS + DigestKernel.FIELDS);
        long most = Math.max(scoring + pages + SEQUENCES * attention, append) + Table.START;
        return Math.max(SHARED.tableNumbers, most);
    }

    /** Chunks of query heads of a head group, each a work group's. */
    private static long attendChunks(CacheSpec spec) {
        return (long) spec.kvHeadsPerGroup() * Math.ceilDiv(spec.queryHeadsPerKvHead(), AttendKernel.VECTORS);
    }

    /** Slots and digests of a cache; as many digests as backups. */
    static long poolElements(CacheSpec spec) {
        try {
            var shape = Shape.of(spec);
            long slots =
                    Math.multiplyExact(Math.addExact(spec.deviceSlots(), Guests.COUNT), (long) shape.slotElements());
            long digests = Math.multiplyExact(backups(spec), (long) spec.kvHeadsPerGroup() * shape.digestElements());
            return Math.addExact(slots, digests);
        } catch (ArithmeticException e) {
            throw new CapacityException("bytes of device memory", Long.MAX_VALUE, MOST_ELEMENTS * Float.BYTES);
        }
    }

    /** Whether a cache finds room in this size, its pool apart. */
    boolean holds(EngineSize needed) {
        return needed.scratchElements <= scratchElements
                && needed.rowElements <= rowElements
                && needed.stagingElements <= stagingElements
                && needed.tableNumbers <= tableNumbers;
    }
}
