package io.arkvale.tornado;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A region's numbers for those who look at them piece by piece: an execution costs as much for one digest as for a
 * window of a hundred, so whole windows are fetched, and serve until the engine next writes.
 */
final class ReadAhead {
    private static final int WINDOW = 1 << 15;

    /** Windows kept at a time: 8 MiB. */
    private static final int MOST_WINDOWS = 64;

    private final Region region;
    private final Transfers transfers;
    private final int length;
    private final Map<Integer, MemorySegment> windows = new HashMap<>();
    private long writes;

    ReadAhead(Region region, Transfers transfers) {
        this.region = region;
        this.transfers = transfers;
        length = Math.min(WINDOW, region.engine().stagingElements());
    }

    /** Copies {@code count} numbers from {@code at}, an element of the region, to the start of {@code target}. */
    void read(int at, int count, MemorySegment target) {
        var engine = region.engine();
        engine.lock.lock();
        try {
            engine.next.run();
            if (writes != engine.writes()) {
                windows.clear();
                writes = engine.writes();
            }
            int step;
            for (int done = 0; done < count; done += step) {
                int from = at - region.start() + done;
                int inWindow = from % length;
                step = Math.min(count - done, length - inWindow);
                MemorySegment.copy(
                        window(from / length),
                        (long) inWindow * Float.BYTES,
                        target,
                        (long) done * Float.BYTES,
                        (long) step * Float.BYTES);
            }
        } finally {
            engine.lock.unlock();
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
        var window = MemorySegment.ofArray(new float[(int) Math.min(length, region.elements() - from)]);
        transfers.download(new int[] {region.start() + from}, (int) (window.byteSize() / Float.BYTES), List.of(window));
        windows.put(number, window);
        return window;
    }
}
