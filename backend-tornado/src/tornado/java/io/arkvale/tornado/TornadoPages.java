package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.core.tensor.HostTensorDevice;
import io.arkvale.spi.Attention;
import io.arkvale.spi.FilledPage;
import io.arkvale.spi.PageScores;
import io.arkvale.spi.Places;
import io.arkvale.spi.RowRun;
import io.arkvale.spi.Scoring;
import io.arkvale.spi.Storage;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Pages in a region of an engine's memory; each operation holds the engine's lock, since other caches may use it. */
final class TornadoPages implements HostTensorDevice {
    private final Region region;
    private final Engine engine;
    private final RegionLayout layout;
    private final Transfers transfers;
    private final ReadAhead readAhead;
    private final Appender appender;
    private final Estimator estimator;
    private final Attender attender;
    private final Prefiller prefiller;
    private final Storage storage;

    TornadoPages(CacheSpec spec, Region region) {
        this.region = region;
        engine = region.engine();
        layout = new RegionLayout(spec, region);
        transfers = new Transfers(engine, layout.shape);
        readAhead = new ReadAhead(region, transfers);
        appender = new Appender(spec, layout, engine);
        estimator = new Estimator(spec, layout, engine);
        attender = new Attender(spec, layout, engine);
        prefiller = new Prefiller(spec, layout, new Guests(layout, transfers), engine);
        storage = new Storage(spec.slotBytes(), 0, 1, false, engine.isTimed());
    }

    @Override
    public Storage storage() {
        return storage;
    }

    @Override
    public void write(List<RowRun> runs, HostMemory keys, HostMemory values) {
        run(() -> appender.write(runs, keys, values));
    }

    @Override
    public void copy(int from, int to) {
        run(() -> {
            transfers.copy(layout.slotAt(from), layout.slotAt(to));
            transfers.flush();
        });
    }

    @Override
    public void digest(List<FilledPage> pages) {
        run(() -> appender.digest(pages));
    }

    @Override
    public void download(int[] slots, List<MemorySegment> targets) {
        var sources = new int[slots.length];
        for (int i = 0; i < slots.length; i++) {
            sources[i] = layout.slotAt(slots[i]);
        }
        run(() -> transfers.download(sources, layout.shape.slotElements(), targets));
    }

    @Override
    public void read(int slot, MemorySegment target) {
        run(() -> readAhead.read(layout.slotAt(slot), layout.shape.slotElements(), target));
    }

    @Override
    public void upload(List<MemorySegment> sources, int[] slots) {
        run(() -> {
            for (int i = 0; i < slots.length; i++) {
                transfers.upload(sources.get(i), layout.slotAt(slots[i]));
            }
            transfers.flush();
        });
    }

    @Override
    public void score(List<Scoring> work, HostMemory queries, PageScores scores) {
        run(() -> estimator.score(work, queries, scores));
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
        var numbers = new float
                [digest.shape().vectors() * layout.shape.headDim()
                        + digest.shape().radii()];
        run(() -> readAhead.read(layout.digestAt(block, head), numbers.length, MemorySegment.ofArray(numbers)));
        return numbers;
    }

    @Override
    public long clock() {
        return engine.kernelNanos();
    }

    @Override
    public long deviceBytes() {
        return region.bytes();
    }

    @Override
    public void close() {
        region.close();
    }
}
