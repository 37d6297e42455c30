package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.core.tensor.HostTensorDevice;
import io.arkvale.spi.Attention;
import io.arkvale.spi.Choice;
import io.arkvale.spi.FilledPage;
import io.arkvale.spi.PageScores;
import io.arkvale.spi.Places;
import io.arkvale.spi.RowRun;
import io.arkvale.spi.Scoring;
import io.arkvale.spi.SlotCopy;
import io.arkvale.spi.Storage;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Pages in a region of an engine's memory; each operation holds the engine's lock, since other caches may use it. */
final class TornadoPages implements HostTensorDevice {
    /** Elements that are fetched together for views. */
    private static final int READ_AHEAD = 1 << 15;

    private final Region region;
    private final Engine engine;
    private final RegionLayout layout;
    private final Transfers transfers;
    private final ReadAhead slots;
    private final ReadAhead digests;
    private final Appender appender;
    private final Estimator estimator;
    private final Attender attender;
    private final Decoder decoder;
    private final Prefiller prefiller;
    private final Storage storage;

    TornadoPages(CacheSpec spec, Region region) {
        this.region = region;
        engine = region.engine();
        layout = new RegionLayout(spec, region);
        transfers = new Transfers(layout, engine.next);
        slots = new ReadAhead(
                engine,
                (from, count, target) -> transfers.download(new int[] {from}, count, List.of(target)),
                region.pages(),
                region.size().pageElements(),
                spec.elementType().bytes(),
                Math.min(READ_AHEAD, engine.stagingElements()));
        digests = new ReadAhead(
                engine,
                transfers::look,
                region.start(),
                region.size().numbers(),
                Float.BYTES,
                Math.min(READ_AHEAD, engine.resultElements()));
        appender = new Appender(spec, layout, engine.next);
        attender = new Attender(spec, layout, engine.next);
        estimator = new Estimator(spec, layout, engine.next, attender);
        decoder = new Decoder(spec, layout, engine.next, estimator, attender);
        prefiller = new Prefiller(spec, layout, new Guests(layout, transfers), engine);
        storage = new Storage(spec.slotBytes(), 0, 1, false, engine.isTimed());
    }

    @Override
    public Storage storage() {
        return storage;
    }

    @Override
    public void write(List<RowRun> runs, HostMemory keys, HostMemory values) {
        runOrWait(() -> appender.write(runs, keys, values));
    }

    @Override
    public void copy(int from, int to) {
        run(() -> transfers.copy(layout.slotAt(from), layout.slotAt(to)));
    }

    @Override
    public void digest(List<FilledPage> pages) {
        runOrWait(() -> appender.digest(pages));
    }

    @Override
    public void download(List<SlotCopy> copies) {
        run(() -> transfers.download(slotsAt(copies), layout.shape.slotElements(), bytes(copies)));
    }

    private int[] slotsAt(List<SlotCopy> copies) {
        return copies.stream().mapToInt(copy -> layout.slotAt(copy.slot())).toArray();
    }

    private static List<MemorySegment> bytes(List<SlotCopy> copies) {
        return copies.stream().map(SlotCopy::bytes).toList();
    }

    @Override
    public void read(int slot, MemorySegment target) {
        run(() -> slots.read(layout.slotAt(slot), layout.shape.slotElements(), target));
    }

    @Override
    public void upload(List<SlotCopy> copies) {
        runOrWait(() -> transfers.upload(bytes(copies), slotsAt(copies)));
    }

    @Override
    public void score(List<Scoring> work, HostMemory queries, PageScores scores) {
        run(() -> estimator.score(work, queries, scores));
    }

    /** Not where the parts of a step are timed one by one. */
    @Override
    public boolean choosesPages() {
        return !engine.isTimed();
    }

    @Override
    public BitSet scoreAndAttend(
            List<Scoring> work, List<Choice> choices, HostMemory queries, PageScores scores, HostMemory output) {
        engine.lock.lock();
        try {
            return decoder.scoreAndAttend(work, choices, queries, scores, output);
        } finally {
            engine.lock.unlock();
        }
    }

    @Override
    public void attend(List<Attention> work, HostMemory queries, HostMemory output) {
        run(() -> {
            var single = new ArrayList<Attention>(work.size());
            for (var part : work) {
                if (part.rows() == 1 && isOnDevice(part.pages())) {
                    single.add(part);
                } else {
                    prefiller.attend(part, queries, output);
                }
            }
            attender.attend(single, queries, output);
        });
    }

    private static boolean isOnDevice(Places pages) {
        for (int i = 0; i < pages.count(); i++) {
            if (pages.slot(i) < 0) {
                return false;
            }
        }
        return true;
    }

    /** What may go with a later call waits for it, unless its time is asked for. */
    private void runOrWait(Runnable work) {
        run(() -> {
            work.run();
            if (engine.isTimed()) {
                engine.next.run();
            }
        });
    }

    private void run(Runnable work) {
        engine.lock.lock();
        try {
            work.run();
        } finally {
            engine.lock.unlock();
        }
    }

    @Override
    public float[] digest(Digest digest, int block, int index, int head) {
        var numbers = new float[digest.form().numbers(layout.shape.headDim())];
        run(() -> digests.read(layout.digestAt(block, head), numbers.length, MemorySegment.ofArray(numbers)));
        return numbers;
    }

    @Override
    public long clock() {
        return engine.kernelNanos();
    }

    @Override
    public void synchronize() {
        run(engine.next::run);
    }

    @Override
    public long deviceBytes() {
        return region.bytes();
    }

    @Override
    public long hostBytes() {
        return region.hostBytes();
    }

    @Override
    public void close() {
        run(() -> engine.next.drop(layout));
        region.close();
    }
}
