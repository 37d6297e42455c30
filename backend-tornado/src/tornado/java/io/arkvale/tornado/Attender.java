package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.spi.Attention;
import io.arkvale.spi.Places;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Step (e): decode attention of several sequences in one execution. Used under the engine's lock. */
record Attender(CacheSpec spec, RegionLayout layout, Execution next) {
    /** Room for what one split makes of its query vectors. */
    static int partElements(CacheSpec spec) {
        return AttendKernel.VECTORS * (spec.headDim() + 2);
    }

    /** Attends from one row for each piece of work, whose pages are all on the device. */
    void attend(List<Attention> work, HostMemory queries, HostMemory output) {
        next.begin(layout, Section.PUT, Section.APPEND);
        for (var part : work) {
            var pages = part.pages();
            if (!next.fits(needs(pages.count(), part.tokens()))) {
                next.run();
            }
            int list = addPlaces(pages, pages.count());
            int query = addQueries(part.row(), part.group(), queries);
            add(part.group(), part.row(), query, list, part.tokens(), output, () -> true);
        }
        next.run();
    }

    /** Adds a list of where the first pages lie, which are all on the device; returns where it begins. */
    int addPlaces(Places pages, int count) {
        int list = next.table.takeList(count);
        for (int page = 0; page < count; page++) {
            next.table.set(list + page, layout.slotAt(pages.slot(page)));
        }
        return list;
    }

    /** Adds the queries of a row and head group; returns where they are. */
    int addQueries(int row, int group, HostMemory queries) {
        return next.addRow(queries.segment(), element(queries, row, group), elements());
    }

    private long element(HostMemory memory, int row, int group) {
        return layout.shape.element(memory, row, (long) group * elements());
    }

    private int elements() {
        return spec.queryHeadsPerGroup() * spec.headDim();
    }

    /** What attention over so many tokens, on so many pages, takes of an execution. */
    Needs needs(int pages, int tokens) {
        int splits = Splits.count(tokens);
        long parts = (long) layout.shape.shares(Section.ATTEND) * splits;
        return new Needs(
                pages + (long) splits * AttendKernel.FIELDS + MergeKernel.FIELDS,
                elements(),
                elements(),
                parts * partElements(spec));
    }

    /**
     * Adds the attention of one row over one list of pages, which must fit. The output is written if that is wanted once
     * the results are there.
     *
     * @param query where its queries are
     */
    void add(int group, int row, int query, int list, int tokens, HostMemory output, BooleanSupplier isWanted) {
        int result = next.takeResults(elements());
        int partElements = partElements(spec);
        int splits = Splits.count(tokens);
        int shareElements = splits * partElements;
        int first = next.takeScratch(layout.shape.shares(Section.ATTEND) * shareElements);
        int splitTokens = Splits.tokens(tokens);
        for (int split = 0; split < splits; split++) {
            int from = split * splitTokens;
            int end = Math.min(tokens, from + splitTokens);
            int part = first + split * partElements;
            next.table.item(Section.ATTEND, query, 1, list, from, end, tokens, part, shareElements);
        }
        next.table.item(Section.MERGE, result, first, partElements, splits, shareElements, 1);
        next.then(() -> {
            if (isWanted.getAsBoolean()) {
                next.getResults(result, output.segment(), spec.elementType(), element(output, row, group), elements());
            }
        });
    }
}
