package io.arkvale.tornado;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Copies between host and device, and within the device, collected and then done in as few executions as possible. */
final class Transfers {
    /** A run of numbers; a source on the host, or one on the device. */
    private record Run(MemorySegment host, int from, int to) {}

    /** Numbers that one work group copies. */
    private static final int PIECE = 1024;

    private final Engine engine;
    private final Shape shape;
    private final int elements;
    private final List<Run> pending = new ArrayList<>();

    /** @param shape decides the length of a run: a slot */
    Transfers(Engine engine, Shape shape) {
        this.engine = engine;
        this.shape = shape;
        elements = shape.slotElements();
    }

    /** Will bring a slot's numbers from the host. */
    void upload(MemorySegment source, int target) {
        pending.add(new Run(source, 0, target));
    }

    /** Will copy a slot within the device. */
    void copy(int source, int target) {
        pending.add(new Run(MemorySegment.NULL, source, target));
    }

    /** Does what was asked for, in one or more executions. */
    void flush() {
        if (pending.isEmpty()) {
            return;
        }
        engine.lock.lock();
        try {
            engine.table.clear(shape);
            int used = 0;
            for (var run : pending) {
                used = run.host().equals(MemorySegment.NULL) ? putCopy(run, used) : putUpload(run, used);
            }
            runPut();
        } finally {
            pending.clear();
            engine.lock.unlock();
        }
    }

    private int putCopy(Run run, int used) {
        int at = used;
        for (int done = 0; done < elements; done += PIECE) {
            if (!engine.table.fits(PutKernel.FIELDS)) {
                at = runPut();
            }
            engine.table.item(-1 - (run.from() + done), run.to() + done, Math.min(PIECE, elements - done));
        }
        return at;
    }

    /** Queues a run in pieces; returns what of the staging is used since the last execution. */
    private int putUpload(Run run, int used) {
        int at = used;
        int count;
        for (int done = 0; done < elements; done += count) {
            if (at == engine.stagingElements() || !engine.table.fits(PutKernel.FIELDS)) {
                at = runPut();
            }
            count = Math.min(PIECE, Math.min(elements - done, engine.stagingElements() - at));
            engine.setPages(at, run.host(), (long) done * Float.BYTES, count);
            engine.table.item(at, run.to() + done, count);
            at += count;
        }
        return at;
    }

    private int runPut() {
        if (!engine.table.isEmpty()) {
            engine.run(Engine.Graph.PUT);
        }
        engine.table.clear(shape);
        return 0;
    }

    /** Copies {@code count} numbers from each of the given places on the device, after everything that is pending. */
    void download(int[] sources, int count, List<MemorySegment> targets) {
        flush();
        engine.lock.lock();
        try {
            engine.table.clear(shape);
            var pieces = new ArrayList<Run>();
            int at = 0;
            for (int i = 0; i < sources.length; i++) {
                int length;
                for (int done = 0; done < count; done += length) {
                    if (at == engine.stagingElements() || !engine.table.fits(GatherKernel.FIELDS)) {
                        at = runGather(pieces, at);
                    }
                    length = Math.min(PIECE, Math.min(count - done, engine.stagingElements() - at));
                    engine.table.item(sources[i] + done, at, length);
                    pieces.add(new Run(targets.get(i), at, done));
                    at += length;
                }
            }
            runGather(pieces, at);
        } finally {
            engine.lock.unlock();
        }
    }

    /** Gathers and hands out the pieces, whose last one ends at {@code end}. */
    private int runGather(List<Run> pieces, int end) {
        if (!pieces.isEmpty()) {
            engine.run(Engine.Graph.GATHER);
        }
        for (int i = 0; i < pieces.size(); i++) {
            var piece = pieces.get(i);
            int next = i + 1 < pieces.size() ? pieces.get(i + 1).from() : end;
            engine.getPages(piece.from(), piece.host(), (long) piece.to() * Float.BYTES, next - piece.from());
        }
        pieces.clear();
        engine.table.clear(shape);
        return 0;
    }
}
