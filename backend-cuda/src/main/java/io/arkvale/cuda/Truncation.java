package io.arkvale.cuda;

import io.arkvale.cuda.driver.Kernels.Grid;
import io.arkvale.cuda.kernel.CacheStructs.Residence;
import io.arkvale.cuda.kernel.KernelArguments;
import io.arkvale.cuda.kernel.KernelArguments.CountReturnsArguments;
import io.arkvale.cuda.kernel.KernelArguments.ReturnPagesArguments;
import io.arkvale.cuda.kernel.KernelArguments.ShortenArguments;
import io.arkvale.cuda.kernel.KernelName;

/**
 * Tokens of sequences are taken back (rule 709). Pages beyond the new length go; what has to be resident at the new length
 * and is not comes back.
 */
public final class Truncation {
    private static final int THREADS = 256;

    private final CudaCache cache;

    Truncation(CudaCache cache) {
        this.cache = cache;
    }

    /** Slots that come into use less those that come free: below 0 if more come free. Waits for the device. */
    long slotsNeeded(CudaSequence sequence, int length, boolean besideStep) {
        return cache.count(counter -> launch(
                KernelName.COUNT_RETURNS,
                new CountReturnsArguments(
                        cache.pools.shape(),
                        cache.pools.booksOfSlots(),
                        sequence.onDevice(),
                        residence(sequence, length, besideStep),
                        counter)));
    }

    /** Queues it; there is room. The sequence's length is the caller's business. */
    public void run(CudaSequence sequence, int length, boolean besideStep) {
        cache.settle();
        var pools = cache.pools;
        launch(
                KernelName.SHORTEN,
                new ShortenArguments(pools.shape(), pools.booksOfSlots(), sequence.onDevice(), length));
        launch(
                KernelName.RETURN_PAGES,
                new ReturnPagesArguments(
                        pools.shape(),
                        pools.pages(),
                        pools.booksOfSlots(),
                        sequence.onDevice(),
                        residence(sequence, length, besideStep)));
        cache.backups.release(sequence, length / cache.spec().pageSize());
    }

    private static Residence residence(CudaSequence sequence, int length, boolean besideStep) {
        return new Residence(sequence.limits(), length, besideStep ? 1 : 0);
    }

    private void launch(KernelName kernel, KernelArguments arguments) {
        int runs = cache.spec().layers() * cache.spec().headGroups();
        cache.queue.launch(kernel, new Grid(runs), THREADS, 0, arguments);
    }
}
