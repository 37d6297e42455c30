package io.arkvale.tornado;

import java.util.TreeMap;

/** Which parts of an engine's array are given out. Used under the engine's lock. */
final class DeviceMemory {
    /** A cache line of 32 elements. */
    private static final int ALIGNMENT = 32;

    /** Length by start of what is free; no two neighbours. */
    private final TreeMap<Integer, Integer> free = new TreeMap<>();

    /** What {@link #take} returns if there is no room. */
    static final int NONE = -1;

    DeviceMemory(int elements) {
        free.put(0, elements);
    }

    /** Start of a part of the given length, or {@link #NONE}. */
    int take(long elements) {
        long length = aligned(elements);
        for (var hole : free.entrySet()) {
            if (hole.getValue() >= length) {
                return split(hole.getKey(), hole.getValue(), (int) length);
            }
        }
        return NONE;
    }

    private int split(int start, int hole, int length) {
        free.remove(start);
        if (hole > length) {
            free.put(start + length, hole - length);
        }
        return start;
    }

    /** Gives back what {@link #take} gave. */
    void release(int start, long elements) {
        int from = start;
        int length = (int) aligned(elements);
        var before = free.lowerEntry(from);
        if (before != null && before.getKey() + before.getValue() == from) {
            from = before.getKey();
            length += before.getValue();
        }
        var after = free.remove(start + (int) aligned(elements));
        if (after != null) {
            length += after;
        }
        free.put(from, length);
    }

    /** Elements that a part of the given length takes. */
    static long aligned(long elements) {
        return (Math.max(1, elements) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
