package io.arkvale.cuda.step;

import io.arkvale.cuda.CudaCache;
import io.arkvale.cuda.driver.Address;
import io.arkvale.cuda.driver.Kernels.Grid;
import io.arkvale.cuda.kernel.KernelArguments.CopyAllArguments;
import io.arkvale.cuda.kernel.KernelName;
import java.util.ArrayList;
import java.util.List;

/** Copies on the device that are done together, in one launch. */
public final class Copies {
    /** Size of struct {@code Copy} of {@code sequence.cu}: two pointers and a length. */
    private static final int RECORD_BYTES = 3 * Long.BYTES;

    private static final int THREADS = 256;
    private static final int VECTOR_BYTES = 16;
    private static final int MOST_BLOCKS = 128;

    private final CudaCache cache;
    private final List<Copy> copies = new ArrayList<>();

    public Copies(CudaCache cache) {
        this.cache = cache;
    }

    /** Bytes staged for so many copies. */
    public static long bytes(int copies) {
        return (long) RECORD_BYTES * copies;
    }

    private record Copy(long from, long to, long bytes) {}

    /** Adds a copy of a multiple of 4 bytes, between addresses that are multiples of 16. */
    public void add(Address from, Address to, long bytes) {
        copies.add(new Copy(from.value(), to.value(), bytes));
    }

    /** Adds the zeroing of a multiple of 4 bytes, from an address that is a multiple of 16. */
    public void zero(Address at, long bytes) {
        copies.add(new Copy(0, at.value(), bytes));
    }

    /** Queues what was added. */
    public void run() {
        var part = cache.staging.take(bytes(copies.size()));
        long longest = 1;
        for (var copy : copies) {
            part.buffer().putLong(copy.from()).putLong(copy.to()).putLong(copy.bytes());
            longest = Math.max(longest, copy.bytes());
        }
        long blocks = Math.ceilDiv(longest, (long) THREADS * VECTOR_BYTES);
        cache.queue.launch(
                KernelName.COPY_ALL,
                new Grid((int) Math.min(blocks, MOST_BLOCKS), copies.size()),
                THREADS,
                0,
                new CopyAllArguments(part.address().value()));
        copies.clear();
    }
}
