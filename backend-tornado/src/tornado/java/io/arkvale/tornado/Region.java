package io.arkvale.tornado;

import org.jspecify.annotations.Nullable;

/**
 * A cache's part of an engine's memory.
 *
 * @param engine the engine
 * @param size what it takes
 * @param start first number of the engine's memory
 * @param pages first element of the engine's pages
 * @param owned whether the engine is there for this region alone
 */
record Region(Engine engine, RegionSize size, int start, int pages, boolean owned) implements AutoCloseable {
    /** A region of the given size, or null if there is no room. */
    static @Nullable Region take(Engine engine, RegionSize size, boolean owned) {
        engine.lock.lock();
        try {
            int start = engine.memory.take(size.numbers());
            if (start == DeviceMemory.NONE) {
                return null;
            }
            int pages = engine.pageMemory.take(size.pageElements());
            if (pages == DeviceMemory.NONE) {
                engine.memory.release(start, size.numbers());
                return null;
            }
            return new Region(engine, size, start, pages, owned);
        } finally {
            engine.lock.unlock();
        }
    }

    /** Bytes of device memory that the region stands for. */
    long bytes() {
        return size.bytes() + (owned ? engine.overheadBytes() : 0);
    }

    /** Bytes of host memory that the region stands for. */
    long hostBytes() {
        return owned ? engine.hostBytes() : 0;
    }

    @Override
    public void close() {
        engine.lock.lock();
        try {
            engine.memory.release(start, size.numbers());
            engine.pageMemory.release(pages, size.pageElements());
            if (owned) {
                engine.close();
            }
        } finally {
            engine.lock.unlock();
        }
    }
}
