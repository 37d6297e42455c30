package io.arkvale.kernels.pool;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The loop of a {@link WorkerPool}: workers take the next item until none is left. One serves all loops of a pool, one after
 * another, and allocates nothing.
 *
 * <p>The loop's number and how many items have not begun are one word, so that a worker that is late for a loop cannot take
 * an item of the next: whoever counts an item down holds that loop open until the item has ended.
 */
final class SharedLoop {
    /** The loop's number in the upper half, items that have not begun in the lower. */
    private final AtomicLong left = new AtomicLong();

    private final AtomicInteger ended = new AtomicInteger();
    private int items;
    private WorkerPool.@Nullable Task task;
    private @Nullable Thread caller;
    private volatile boolean callerAsleep;
    private volatile @Nullable Throwable failure;
    private int failedItem;

    /** Begins the next loop; the one before has ended. */
    void begin(int items, WorkerPool.Task task, Thread caller) {
        this.items = items;
        this.task = task;
        this.caller = caller;
        callerAsleep = false;
        failure = null;
        ended.set(0);
        left.set((long) (number() + 1) << Integer.SIZE | items);
    }

    /** Counts a pool's loops, and wraps around. */
    int number() {
        return (int) (left.get() >>> Integer.SIZE);
    }

    /** Whether a loop after the one of a number has items to begin. */
    boolean hasItemsAfter(int last) {
        long now = left.get();
        return (int) (now >>> Integer.SIZE) != last && (int) now > 0;
    }

    /** Works until no item is left to begin; returns the number of the loop that it worked on, or looked at. */
    int work(int worker) {
        long now = left.get();
        int number = (int) (now >>> Integer.SIZE);
        while ((int) now > 0 && (int) (now >>> Integer.SIZE) == number) {
            if (left.compareAndSet(now, now - 1)) {
                run(items - (int) now, worker);
            }
            now = left.get();
        }
        return number;
    }

    private void run(int item, int worker) {
        int all = items; // before the last item ends, after which the next loop may begin
        var waiting = requireNonNull(caller);
        try {
            if (failure == null) {
                requireNonNull(task).run(item, worker);
            }
        } catch (Throwable thrown) {
            fail(item, thrown);
        }
        if (ended.incrementAndGet() == all && callerAsleep) {
            LockSupport.unpark(waiting);
        }
    }

    /** Returns when all items have ended. */
    void awaitEnd() {
        for (int spins = WorkerPool.SPINS; spins > 0 && ended.get() < items; spins--) {
            Thread.onSpinWait();
        }
        callerAsleep = true;
        while (ended.get() < items) {
            LockSupport.park(this);
        }
    }

    /** Ends the loop: raises what an item threw, and lets go of the task. */
    void end() {
        var thrown = failure;
        task = null;
        caller = null;
        failure = null;
        switch (thrown) {
            case null -> {}
            case RuntimeException exception -> throw exception;
            case Error error -> throw error;
            case Throwable other -> throw new IllegalStateException("an item threw a checked exception", other);
        }
    }

    private synchronized void fail(int item, Throwable thrown) {
        if (failure == null || item < failedItem) {
            failure = thrown;
            failedItem = item;
        }
    }
}
