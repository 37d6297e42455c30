package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.ElementType;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.spi.FilledPage;
import io.arkvale.spi.RowRun;
import java.util.List;

/** Step (a): puts rows into slots and summarises pages that fill. Both wait in the next execution. */
record Appender(CacheSpec spec, RegionLayout layout, Execution next) {
    /** Elements of 16 bits stay as they are, and go in the table. */
    void write(List<RowRun> runs, HostMemory keys, HostMemory values) {
        next.begin(layout);
        for (var run : runs) {
            for (int row = 0; row < run.rows(); row++) {
                add(run, row, keys, values);
            }
        }
    }

    private void add(RowRun run, int row, HostMemory keys, HostMemory values) {
        int elements = spec.kvHeadsPerGroup() * spec.headDim();
        boolean isNarrow = spec.elementType() != ElementType.F32;
        long all = 2L * elements;
        if (!next.fits(new Needs(AppendKernel.FIELDS + (isNarrow ? elements + 1L : 0), isNarrow ? 0 : all, 0, 0))) {
            next.run();
        }
        long token = run.row() + (long) row;
        long inRow = (long) run.group() * elements;
        long fromKey = layout.shape.element(keys, token, inRow);
        long fromValue = layout.shape.element(values, token, inRow);
        int key = isNarrow
                ? next.table.bits(keys.segment(), fromKey, elements)
                : next.addRow(keys.segment(), fromKey, elements);
        int value = isNarrow
                ? next.table.bits(values.segment(), fromValue, elements)
                : next.addRow(values.segment(), fromValue, elements);
        int place = layout.slotAt(run.slot()) + (run.token() + row) * spec.headDim();
        next.table.item(Section.APPEND, key, value, place);
    }

    void digest(List<FilledPage> pages) {
        next.begin(layout, Section.APPEND);
        for (var page : pages) {
            for (int head = 0; head < spec.kvHeadsPerGroup(); head++) {
                if (!next.table.fits(DigestKernel.FIELDS)) {
                    next.run();
                }
                next.table.item(
                        Section.DIGEST,
                        layout.slotAt(page.slot()) + head * layout.shape.headElements(),
                        layout.digestAt(page.block(), head),
                        DigestKernel.kind(page.digest()));
            }
        }
    }
}
