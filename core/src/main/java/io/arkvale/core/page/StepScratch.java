package io.arkvale.core.page;

import io.arkvale.spi.PageDevice;
import io.arkvale.spi.PageScores;
import io.arkvale.spi.TensorMemory;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * What steps of a cache need for a while and the next step uses again. Scores that a caller was shown have memory of their
 * own, so that nothing else writes it.
 *
 * @param <M> the memory of the cache's tensors
 */
final class StepScratch<M extends TensorMemory> implements AutoCloseable {
    /** Of the layer last estimated, for the caller. */
    final PageScores shownScores = new PageScores();

    /** Of whatever else is scored. */
    final PageScores scores = new PageScores();

    private final PageDevice<M> device;
    private final int headGroups;
    private float[] callersScores = new float[0];
    private @Nullable M shown;

    /** @param headGroups scores per page */
    StepScratch(PageDevice<M> device, int headGroups) {
        this.device = device;
        this.headGroups = headGroups;
    }

    /**
     * Makes room for the scores of some pages that a caller may be shown, as a step opens.
     *
     * @throws io.arkvale.api.CapacityException if there is not so much memory
     */
    void reserve(int pages) {
        long rowBytes = (long) headGroups * Float.BYTES;
        long bytes = Math.multiplyExact(Math.max(1, pages), rowBytes);
        if (shown == null || shown.bytes() < bytes) {
            long held = shown == null ? 0 : shown.bytes();
            var wider = device.allocate(Math.max(bytes, 2 * held), rowBytes);
            close();
            shown = wider;
        }
    }

    /** Puts the first elements of {@link #shownScores} where the caller can read them. */
    void show(int elements) {
        shown().write(0, MemorySegment.ofArray(shownScores.values()), (long) elements * Float.BYTES);
    }

    /** Bytes of memory for scores that are shown. */
    long bytes() {
        return shown == null ? 0 : shown.bytes();
    }

    M shown() {
        if (shown == null) {
            throw new IllegalStateException("no scores have been estimated");
        }
        return shown;
    }

    /** The caller's scores, {@code [pages][headGroups]}. */
    float[] read(M scores, int pages) {
        int elements = pages * headGroups;
        if (callersScores.length < elements) {
            callersScores = new float[elements];
        }
        if (pages > 0) {
            scores.readRows(0, pages, (long) headGroups * Float.BYTES, MemorySegment.ofArray(callersScores));
        }
        return callersScores;
    }

    @Override
    public void close() {
        if (shown != null) {
            shown.close();
            shown = null;
        }
    }
}
