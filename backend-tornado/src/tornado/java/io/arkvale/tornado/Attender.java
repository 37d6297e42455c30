package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.spi.Attention;
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
            int list = next.table.list(pages.count(), page -> layout.slotAt(pages.slot(page)));
            add(part.group(), part.row(), list, part.tokens(), queries, output, () -> true);
        }
        next.run();
    }

    /** What attention over so many tokens, on so many pages, takes of an execution. */
    Needs needs(int pages, int tokens) {
        long chunks = (long) Math.ceilDiv(spec.queryHeadsPerKvHead(), AttendKernel.VECTORS) * spec.kvHeadsPerGroup();
        long parts = chunks * Splits.count(tokens);
        long elements = (long) spec.queryHeadsPerGroup() * spec.headDim();
        return new Needs(
                pages + parts * AttendKernel.FIELDS + (long) spec.queryHeadsPerGroup() * MergeKernel.FIELDS,
                elements,
                elements,
                parts * partElements(spec));
    }

    /**
     * Adds the attention of one row over one list of pages, which must fit. The output is written if that is wanted once
     * the results are there.
     */
    void add(
            int group, int row, int list, int tokens, HostMemory queries, HostMemory output, BooleanSupplier isWanted) {
        for (int head = 0; head < spec.kvHeadsPerGroup(); head++) {
            for (int first = 0; first < spec.queryHeadsPerKvHead(); first += AttendKernel.VECTORS) {
                int vectors = Math.min(AttendKernel.VECTORS, spec.queryHeadsPerKvHead() - first);
                int elements = vectors * spec.headDim();
                int queryHead = (group * spec.kvHeadsPerGroup() + head) * spec.queryHeadsPerKvHead() + first;
                long element = ((long) row * spec.queryHeads() + queryHead) * spec.headDim();
                int query = next.addRow(queries.segment(), element, elements);
                int result = next.takeResults(elements);
                addSplits(list, head, vectors, tokens, query, result);
                next.then(() -> {
                    if (isWanted.getAsBoolean()) {
                        next.getResults(result, output.segment(), spec.elementType(), element, elements);
                    }
                });
            }
        }
    }

    private void addSplits(int list, int head, int vectors, int tokens, int query, int result) {
        int splitTokens = Splits.tokens(tokens);
        int partElements = partElements(spec);
        int splits = Splits.count(tokens);
        int first = next.takeScratch(splits * partElements);
        int headOffset = head * layout.shape.headElements();
        for (int split = 0; split < splits; split++) {
            int from = split * splitTokens;
            int end = Math.min(tokens, from + splitTokens);
            int part = first + split * partElements;
            next.table.item(Section.ATTEND, query, vectors, list, from, end, headOffset, tokens, vectors, part);
        }
        for (int vector = 0; vector < vectors; vector++) {
            next.table.item(
                    Section.MERGE,
                    result + vector * spec.headDim(),
                    first + vector * (spec.headDim() + 2),
                    partElements,
                    splits);
        }
    }
}
