package io.arkvale.kernels.pool;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One loop of a {@link WorkerPool}: workers take the next item until none is left. */
final class SharedLoop {
    private final long number;
    private final int items;
    private final WorkerPool.Task task;
    private final Thread caller;
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private volatile boolean callerAsleep;
    private volatile @Nullable Throwable failure;
    private int failedItem;

    SharedLoop(long number, int items, WorkerPool.Task task, Thread caller) {
        this.number = number;
        this.items = items;
        this.task = task;
        this.caller = caller;
    }

    /** Counts a pool's loops, from 1. */
    long number() {
        return number;
    }

    /** Works until no item is left to begin. */
    void work(int worker) {
        for (int item = begun.getAndIncrement(); item < items; item = begun.getAndIncrement()) {
            try {
                if (failure == null) {
                    task.run(item, worker);
                }
            } catch (Throwable thrown) {
                fail(item, thrown);
            }
            if (ended.incrementAndGet() == items && callerAsleep) {
                LockSupport.unpark(caller);
            }
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

    void rethrow() {
        switch (failure) {
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
