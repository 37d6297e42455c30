package io.arkvale.tornado;

import io.arkvale.api.ElementType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Copies between host and device, and within the device, in as few executions as possible. Used under the engine's lock. */
record Transfers(RegionLayout layout, Execution next) {
    /** Numbers of memory that one work group copies. */
    private static final int PIECE = 1024;

    /** Brings slots' numbers from the host; it may wait in the next execution. Targets are different slots. */
    void upload(List<MemorySegment> sources, int[] targets) {
        next.begin(layout);
        for (int i = 0; i < targets.length; i++) {
            upload(sources.get(i), targets[i]);
        }
    }

    private void upload(MemorySegment source, int target) {
        int count;
        for (int done = 0; done < layout.shape.slotElements(); done += count) {
            if (next.roomIn() == 0 || !next.table.fits(PageRuns.FIELDS)) {
                next.run();
            }
            count = Math.min(layout.shape.slotElements() - done, next.roomIn());
            int from = next.addPage(source, done, count);
            next.table.item(Section.PUT, from, target + done, count);
        }
    }

    /** Copies a slot within the device. */
    void copy(int source, int target) {
        next.begin(layout);
        next.table.item(Section.COPY, source, target, layout.shape.slotElements());
        next.run();
    }

    /** Copies {@code count} elements from each of the given places on the device, after everything that waits. */
    void download(int[] sources, int count, List<MemorySegment> targets) {
        next.begin(layout, Section.APPEND, Section.DIGEST);
        for (int i = 0; i < sources.length; i++) {
            download(sources[i], count, targets.get(i));
        }
        next.run();
    }

    private void download(int source, int count, MemorySegment target) {
        int length;
        for (int done = 0; done < count; done += length) {
            if (next.roomOut() == 0 || !next.table.fits(PageRuns.FIELDS)) {
                next.run();
            }
            length = Math.min(layout.shape.runElements(), Math.min(count - done, next.roomOut()));
            int at = next.takePage(length);
            next.table.item(Section.GATHER, source + done, at, length);
            next.thenGetPages(at, target, done, length);
        }
    }

    /** Copies {@code count} numbers of the engine's memory, as many as results at most, after everything that waits. */
    void look(int source, int count, MemorySegment target) {
        next.begin(layout);
        int at = next.takeResults(count);
        for (int done = 0; done < count; done += PIECE) {
            next.table.item(Section.LOOK, source + done, at + done, Math.min(PIECE, count - done));
        }
        next.then(() -> next.getResults(at, target, ElementType.F32, 0, count));
        next.run();
    }
}
