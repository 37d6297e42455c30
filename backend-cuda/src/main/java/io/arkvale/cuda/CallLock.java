package io.arkvale.cuda;

import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets one thread at a time into a cache. Its owner calls from one thread at a time anyway, but the backend, which may be
 * asked for its memory or be closed by any thread, comes in beside.
 */
public final class CallLock {
    /** A call under way; over when it is closed. */
    public interface Call extends AutoCloseable {
        @Override
        void close();
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Call call = lock::unlock;

    /** Begins a call, once no other thread is in one. */
    public Call begin() {
        lock.lock();
        return call;
    }
}
