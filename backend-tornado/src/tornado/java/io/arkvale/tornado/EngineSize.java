package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.CapacityException;
import io.arkvale.api.ElementType;

/**
 * How large the arrays of an {@link Engine} are, in elements.
 *
 * @param isNarrow whether pages have elements of 16 bits
 * @param pageElements device memory for pages, in their elements
 * @param memoryElements device memory for digests and scratch, in numbers
 * @param scratchElements the part in which scores and unmerged splits stand for a moment
 * @param rowElements numbers that go to the device, or come back, with one execution
 * @param stagingElements pages that go to the device, or come back, with one execution
 * @param tableNumbers integers that say what to do
 */
record EngineSize(
        boolean isNarrow,
        int pageElements,
        int memoryElements,
        int scratchElements,
        int rowElements,
        int stagingElements,
        int tableNumbers) {
    /** What small caches share, those of float32 and those of 16 bits. */
    static final EngineSize SHARED = shared(false);

    static final EngineSize SHARED_NARROW = shared(true);

    /** Pages that can be recalled together with the attention over them. */
    private static final int STAGED_PAGES = 8;

    /** Sequences whose decoding surely goes into one execution. */
    private static final int SEQUENCES = 8;

    /** Ranks of pages come back as float32 numbers, exact up to here. */
    private static final long MOST_PAGES = 1 << 24;

    private static EngineSize shared(boolean isNarrow) {
        return new EngineSize(isNarrow, 1 << 24, 1 << 23, 1 << 22, 1 << 16, 1 << 15, 1 << 16);
    }

    /**
     * What a cache needs for itself.
     *
     * @throws CapacityException if that is more than the arrays can hold
     */
    static EngineSize of(CacheSpec spec) {
        var region = RegionSize.of(spec);
        // Every page of a sequence has a device slot or a backup in each layer and group.
        long pages = (spec.deviceSlots() + backups(spec)) / spec.layers();
        if (pages > MOST_PAGES) {
            throw new CapacityException("pages per layer", pages, MOST_PAGES);
        }
        long sequenceRows = (spec.queryHeads() + 2L * spec.kvHeads()) * spec.headDim();
        long row = Math.max(SHARED.rowElements, Math.max(2 * pages, SEQUENCES * sequenceRows));
        long scratch = scratchElements(spec, pages);
        // Each is given out in whole cache lines.
        long memory = Math.addExact(DeviceMemory.aligned(region.numbers()), DeviceMemory.aligned(scratch));
        long slots = DeviceMemory.aligned(region.pageElements());
        RegionSize.requireCountable(Math.max(memory, slots));
        // A few pages of all head groups, so that a step's recalls go with its attention; all of it is copied whenever
        // one of
        // them is.
        long pageElements = (long) spec.headGroups() * Shape.of(spec).slotElements();
        int staging = Math.clamp(STAGED_PAGES * pageElements, SHARED.stagingElements, 1 << 20);
        return new EngineSize(
                spec.elementType() != ElementType.F32,
                (int) slots,
                (int) memory,
                (int) scratch,
                (int) row,
                staging,
                (int) tableNumbers(spec, pages));
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

    /**
     * Room for what a decode step of some sequences is told: where digests lie, where pages lie, and where chosen pages lie.
     * Each sequence has some of a layer's pages, or one sequence has all.
     */
    private static long tableNumbers(CacheSpec spec, long pages) {
        long groups = (long) SEQUENCES * spec.headGroups();
        long blocks = pages / ScoreKernel.PAGES + groups;
        long scoring = blocks * (GroupScoreKernel.FIELDS + ScoreKernel.FIELDS);
        long attention = groups * (Splits.MOST_SPLITS * AttendKernel.FIELDS + MergeKernel.FIELDS + ChooseKernel.FIELDS);
        long append = groups * AppendKernel.FIELDS + (long) SEQUENCES * spec.kvHeads() * DigestKernel.FIELDS;
        // Keys and values of 16 bits travel in the table, two per integer.
        long narrow =
                spec.elementType() == ElementType.F32 ? 0 : groups + (long) SEQUENCES * spec.kvHeads() * spec.headDim();
        long most = 3 * pages + scoring + attention + append + narrow + Table.START;
        return Math.max(SHARED.tableNumbers, most);
    }

    /** Chunks of query heads of a head group, each a work group's. */
    private static long attendChunks(CacheSpec spec) {
        return (long) spec.kvHeadsPerGroup() * Math.ceilDiv(spec.queryHeadsPerKvHead(), AttendKernel.VECTORS);
    }

    /** Bytes of device memory of the large arrays. */
    long bytes() {
        return (long) pageElements * (isNarrow ? Short.BYTES : Float.BYTES) + (long) memoryElements * Float.BYTES;
    }

    /** Whether a cache finds room in this size, its pages and digests apart. */
    boolean holds(EngineSize needed) {
        return needed.scratchElements <= scratchElements
                && needed.rowElements <= rowElements
                && needed.stagingElements <= stagingElements
                && needed.tableNumbers <= tableNumbers;
    }
}
