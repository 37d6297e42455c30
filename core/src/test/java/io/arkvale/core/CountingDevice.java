package io.arkvale.core;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.core.tensor.HostTensorDevice;
import io.arkvale.spi.Attention;
import io.arkvale.spi.FilledPage;
import io.arkvale.spi.PageScores;
import io.arkvale.spi.RowRun;
import io.arkvale.spi.Scoring;
import io.arkvale.spi.SlotCopy;
import io.arkvale.spi.Storage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/**
 * A device that keeps one number per slot, the first of the last row written, and does no arithmetic: the score of a page is
 * that number. Tests of the core look at which slots and backups hold what.
 */
public class CountingDevice implements HostTensorDevice {
    /** What each slot holds. */
    protected final float[] slots;

    private final float[] digests = new float[1024];
    private final CacheSpec spec;
    private final boolean copiesInBackground;
    private int closings;

    /** A device of a cache. */
    public CountingDevice(CacheSpec spec, boolean copiesInBackground) {
        this.spec = spec;
        this.copiesInBackground = copiesInBackground;
        slots = new float[(int) spec.deviceSlots()];
    }

    /** How often it was closed. */
    public int closings() {
        return closings;
    }

    @Override
    public Storage storage() {
        return new Storage(Float.BYTES, 0, 1, copiesInBackground, false);
    }

    @Override
    public void write(List<RowRun> runs, HostMemory keys, HostMemory values) {
        long rowBytes = (long) spec.kvHeads() * spec.headDim() * Float.BYTES;
        for (var run : runs) {
            long last = run.row() + run.rows() - 1L;
            slots[run.slot()] = keys.segment().get(ValueLayout.JAVA_FLOAT, last * rowBytes);
        }
    }

    @Override
    public void copy(int from, int to) {
        slots[to] = slots[from];
    }

    @Override
    public void digest(List<FilledPage> pages) {
        pages.forEach(page -> digests[page.block()] = slots[page.slot()]);
    }

    @Override
    public void download(List<SlotCopy> copies) {
        for (var copy : copies) {
            copy.memory().set(ValueLayout.JAVA_FLOAT_UNALIGNED, copy.at(), slots[copy.slot()]);
        }
    }

    @Override
    public void upload(List<SlotCopy> copies) {
        for (var copy : copies) {
            slots[copy.slot()] = copy.memory().get(ValueLayout.JAVA_FLOAT_UNALIGNED, copy.at());
        }
    }

    @Override
    public void score(List<Scoring> work, HostMemory queries, PageScores scores) {
        for (var part : work) {
            for (int page = 0; page < part.pages(); page++) {
                scores.values()[part.at() + page * spec.headGroups()] =
                        digests[part.blocks().applyAsInt(page)];
            }
        }
    }

    @Override
    public void attend(List<Attention> work, HostMemory queries, HostMemory output) {}

    @Override
    public void unpack(MemorySegment slot, MemorySegment rows) {
        rows.fill((byte) 0);
        rows.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 0, slot.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0));
    }

    @Override
    public float[] digest(Digest digest, int block, int index, int head) {
        return new float[] {digests[block]};
    }

    @Override
    public long deviceBytes() {
        return (long) slots.length * Float.BYTES;
    }

    @Override
    public void close() {
        closings++;
        Arrays.fill(slots, Float.NaN);
    }
}
