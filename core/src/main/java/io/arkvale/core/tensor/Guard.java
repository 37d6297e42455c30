package io.arkvale.core.tensor;

import java.util.concurrent.locks.ReentrantLock;

/** What every call of a cache holds, so that one thread uses it at a time. A thread that holds it may take it again. */
public final class Guard {
    private final ReentrantLock lock = new ReentrantLock();
    private final Held held = lock::unlock;

    /** Nobody holds it. */
    public Guard() {}

    /** Waits for it; closing what is returned gives it back. */
    public Held hold() {
        lock.lock();
        return held;
    }

    /** The same for a call that is allowed only if a check passes; if that throws, the guard is given back. */
    public Held hold(Runnable check) {
        lock.lock();
        boolean passed = false;
        try {
            check.run();
            passed = true;
            return held;
        } finally {
            if (!passed) {
                lock.unlock();
            }
        }
    }

    /** Held until closed. */
    public interface Held extends AutoCloseable {
        @Override
        void close();
    }
}
