package io.arkvale.kernels.pool;

import io.arkvale.kernels.primitive.Shapes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Threads that share the items of one loop at a time, built for loops of some ten microseconds: between loops they wait
 * actively for a moment, then sleep. The caller of a loop works too, as worker 0. Threads are daemons.
 *
 * <p>Which worker takes which item is left to chance, so an item's result must depend on its number alone; the worker
 * number is for choosing scratch memory. Several threads may call one pool; their loops run one after the other.
 */
public final class WorkerPool implements AutoCloseable {
    /** One item of a loop. */
    @FunctionalInterface
    public interface Task {
        /**
         * Does one item.
         *
         * @param item from 0 to items - 1
         * @param worker from 0 to {@link #workers()} - 1; no two items run at once with the same number
         */
        void run(int item, int worker);
    }

    /** Checks before going to sleep, some tens of microseconds in all. */
    static final int SPINS = 1_500;

    private static final Map<Integer, WorkerPool> SHARED = new ConcurrentHashMap<>();

    private final Worker[] threads;
    private final boolean isShared;
    private final ReentrantLock turn = new ReentrantLock();
    private final SharedLoop loop = new SharedLoop();
    private volatile boolean closed;

    /**
     * Starts the threads.
     *
     * @param workers number of threads that work, the caller of a loop included; at least 1
     * @param name prefix of the threads' names
     */
    public WorkerPool(int workers, String name) {
        this(workers, name, false);
    }

    private WorkerPool(int workers, String name, boolean isShared) {
        this.isShared = isShared;
        threads = new Worker[Shapes.atLeastOne("workers", workers) - 1];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = new Worker(name + "-" + (i + 1), i + 1);
            threads[i].start();
        }
    }

    /**
     * The process's own pool of so many workers, made at the first call. A model and a backend that take turns should use
     * this one: the waiting threads of two pools would keep each other from the processors. Closing it does nothing.
     *
     * @param workers as for the constructor
     */
    public static WorkerPool shared(int workers) {
        return SHARED.computeIfAbsent(workers, count -> new WorkerPool(count, "arkvale", true));
    }

    /** Number of threads that work in a loop, the caller included. */
    public int workers() {
        return threads.length + 1;
    }

    /**
     * Runs {@code task} for every item from 0 to {@code items - 1}, begun in this order, and returns when all have ended;
     * what they wrote is then visible to the caller.
     *
     * <p>When an item throws, items not yet begun are left out, and the exception (of the lowest item, if several threw)
     * is thrown here.
     *
     * @throws IllegalStateException if the pool is closed, or if called from within one of its items
     */
    public void forEach(int items, Task task) {
        Shapes.between("items", items, 0, Integer.MAX_VALUE - workers());
        requireOutside("forEach");
        turn.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the worker pool is closed");
            }
            if (items > 1) {
                loop.begin(items, task, Thread.currentThread());
                for (Worker thread : threads) {
                    thread.wake();
                }
                loop.work(0);
                loop.awaitEnd();
                loop.end();
            } else if (items == 1) {
                task.run(0, 0);
            }
        } finally {
            turn.unlock();
        }
    }

    /** Ends the threads, after the loop that is running, if any. Closing again, or a shared pool, does nothing. */
    @Override
    public void close() {
        if (isShared) {
            return;
        }
        requireOutside("close");
        turn.lock();
        try {
            closed = true;
            for (Worker thread : threads) {
                LockSupport.unpark(thread);
            }
        } finally {
            turn.unlock();
        }
    }

    private void requireOutside(String call) {
        boolean inside = turn.isHeldByCurrentThread()
                || (Thread.currentThread() instanceof Worker worker && worker.pool() == this);
        if (inside) {
            throw new IllegalStateException(call + " was called from an item of the same pool");
        }
    }

    private final class Worker extends Thread {
        private final int number;
        private volatile boolean asleep;

        Worker(String name, int number) {
            super(name);
            this.number = number;
            setDaemon(true);
        }

        WorkerPool pool() {
            return WorkerPool.this;
        }

        void wake() {
            if (asleep) {
                LockSupport.unpark(this);
            }
        }

        @Override
        public void run() {
            int last = 0;
            while (awaitLoop(last)) {
                last = loop.work(number);
            }
        }

        /** Waits for a loop after number {@code last} to take part in; false when the pool is closed. */
        private boolean awaitLoop(int last) {
            int spins = SPINS;
            while (!closed) {
                if (loop.hasItemsAfter(last)) {
                    return true;
                }
                if (spins-- > 0) {
                    Thread.onSpinWait();
                } else {
                    // Said before looking once more, while the caller publishes before it asks: none can be missed.
                    asleep = true;
                    if (!closed && !loop.hasItemsAfter(last)) {
                        LockSupport.park(WorkerPool.this);
                    }
                    asleep = false;
                }
            }
            return false;
        }
    }
}
