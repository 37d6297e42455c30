package io.arkvale.tornado;

import org.jspecify.annotations.Nullable;

/**
 * A cache's part of an engine's memory.
 *
 * @param engine the engine
 * @param start first element
 * @param elements how many
 * @param owned whether the engine is there for this region alone
 */
record Region(Engine engine, int start, long elements, boolean owned) implements AutoCloseable {
    /** A region of the given length, or null if there is no room. */
    static @Nullable Region take(Engine engine, long elements, boolean owned) {
        engine.lock.lock();
        try {
            int start = engine.memory.take(elements);
            return start == DeviceMemory.NONE ? null : new Region(engine, start, elements, owned);
        } finally {
            engine.lock.unlock();
        }
    }

    /** Bytes of device memory that the region stands for. */
    long bytes() {
        return elements * Float.BYTES + (owned ? engine.overheadBytes() : 0);
    }

    /** Bytes of host memory that the region stands for. */
    long hostBytes() {
        return owned ? engine.hostBytes() : 0;
    }

    @Override
    public void close() {
        engine.lock.lock();
        try {
            engine.memory.release(start, elements);
            if (owned) {
                engine.close();
            }
        } finally {
            engine.lock.unlock();
        }
    }
}
