package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.spi.FilledPage;
import io.arkvale.spi.RowRun;
import java.util.List;

/** Step (a): puts rows into slots and summarises pages that fill. Used under the engine's lock. */
final class Appender {
    private final CacheSpec spec;
    private final RegionLayout layout;
    private final Engine engine;
    private int rows;

    Appender(CacheSpec spec, RegionLayout layout, Engine engine) {
        this.spec = spec;
        this.layout = layout;
        this.engine = engine;
    }

    void write(List<RowRun> runs, HostMemory keys, HostMemory values) {
        begin();
        for (var run : runs) {
            for (int row = 0; row < run.rows(); row++) {
                add(run, row, keys, values);
            }
        }
        run();
    }

    private void add(RowRun run, int row, HostMemory keys, HostMemory values) {
        int elements = spec.kvHeadsPerGroup() * spec.headDim();
        if (rows + 2 * elements > engine.rowElements() || !engine.table.fits(AppendKernel.FIELDS)) {
            run();
        }
        long from = ((run.row() + (long) row) * spec.headGroups() + run.group()) * elements * Float.BYTES;
        engine.setRows(rows, keys.segment(), from, elements);
        engine.setRows(rows + elements, values.segment(), from, elements);
        engine.table.item(rows, rows + elements, layout.slotAt(run.slot()) + (run.token() + row) * spec.headDim());
        rows += 2 * elements;
    }

    void digest(List<FilledPage> pages) {
        begin();
        for (var page : pages) {
            for (int head = 0; head < spec.kvHeadsPerGroup(); head++) {
                if (!engine.table.fits(DigestKernel.FIELDS)) {
                    run();
                }
                engine.table.secondItem(
                        layout.slotAt(page.slot()) + head * layout.shape.headElements(),
                        layout.digestAt(page.block(), head),
                        DigestKernel.kind(page.digest()));
            }
        }
        run();
    }

    private void begin() {
        engine.table.clear(layout.shape);
        rows = 0;
    }

    private void run() {
        if (!engine.table.isEmpty()) {
            engine.run(Engine.Graph.APPEND);
        }
        begin();
    }
}
