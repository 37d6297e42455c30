package io.arkvale.tornado;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/**
 * Elements of a region for those who look at them piece by piece: an execution costs as much for one digest as for a window of
 * a hundred, so whole windows are fetched, and serve until the engine next writes. Used under the engine's lock.
 */
final class ReadAhead {
    /** Fetches elements of the device. */
    @FunctionalInterface
    interface Fetcher {
        /** Copies {@code count} elements from an index on. */
        void fetch(int from, int count, MemorySegment target);
    }

    /** Windows kept at a time: 8 MiB. */
    private static final int MOST_WINDOWS = 64;

    private final Engine engine;
    private final Fetcher fetcher;
    private final int start;
    private final long elements;
    private final int elementBytes;
    private final int length;
    private final Map<Integer, MemorySegment> windows = new HashMap<>();
    private long writes;

    /**
     * For one of a region's parts.
     *
     * @param start first element
     * @param elements how many
     * @param length how many are fetched together
     */
    ReadAhead(Engine engine, Fetcher fetcher, int start, long elements, int elementBytes, int length) {
        this.engine = engine;
        this.fetcher = fetcher;
        this.start = start;
        this.elements = elements;
        this.elementBytes = elementBytes;
        this.length = length;
    }

    /** Copies {@code count} elements from {@code at}, an element of the part, to the start of {@code target}. */
    void read(int at, int count, MemorySegment target) {
        engine.next.run();
        if (writes != engine.writes()) {
            windows.clear();
            writes = engine.writes();
        }
        int step;
        for (int done = 0; done < count; done += step) {
            int from = at - start + done;
            int inWindow = from % length;
            step = Math.min(count - done, length - inWindow);
            MemorySegment.copy(
                    window(from / length),
                    (long) inWindow * elementBytes,
                    target,
                    (long) done * elementBytes,
                    (long) step * elementBytes);
        }
    }

    private MemorySegment window(int number) {
        var known = windows.get(number);
        if (known != null) {
            return known;
        }
        if (windows.size() == MOST_WINDOWS) {
            windows.clear();
        }
        int from = number * length;
        int count = (int) Math.min(length, elements - from);
        var window = MemorySegment.ofArray(new byte[count * elementBytes]);
        fetcher.fetch(start + from, count, window);
        windows.put(number, window);
        return window;
    }
}
