package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.ElementType;
import io.arkvale.core.tensor.HostMemory;

/**
 * A cache's numbers as kernels need them, counted in elements.
 *
 * @param type type of the elements
 * @param headDim elements of a head
 * @param pageSize tokens per page
 * @param groupHeads KV heads of a head group
 * @param queryHeads query heads that share a KV head
 * @param scale factor of products of queries and keys before the softmax
 */
record Shape(ElementType type, int headDim, int pageSize, int groupHeads, int queryHeads, float scale) {
    static Shape of(CacheSpec spec) {
        return new Shape(
                spec.elementType(),
                spec.headDim(),
                spec.pageSize(),
                spec.kvHeadsPerGroup(),
                spec.queryHeadsPerKvHead(),
                (float) spec.attentionScale());
    }

    /** Bytes of an element. */
    int bytes() {
        return type.bytes();
    }

    /** Where an element of a tensor's row lies in its memory, counted in elements: rows may have gaps between them. */
    long element(HostMemory memory, long row, long inRow) {
        return memory.at(row) / bytes() + inRow;
    }

    /** Elements of one head of a page, keys or values. */
    int headElements() {
        return pageSize * headDim;
    }

    /** From a page's keys to its values. */
    int values() {
        return groupHeads * headElements();
    }

    /** Elements of a group page. */
    int slotElements() {
        return 2 * values();
    }

    /** Room for a KV head's digest, in float32 numbers: two vectors, in which a sphere's vector and radius also fit. */
    int digestElements() {
        return 2 * headDim;
    }

    /** Work groups among which an item is shared: those of heads that differ in nothing but where they lie. */
    int shares(Section section) {
        return switch (section) {
            case APPEND -> groupHeads;
            case SCORE -> groupHeads * Math.ceilDiv(queryHeads, ScoreKernel.HEADS);
            case ATTEND -> groupHeads * Math.ceilDiv(queryHeads, AttendKernel.VECTORS);
            case MERGE -> groupHeads * queryHeads * rowsTogether();
            case COPY, PUT, GATHER -> Math.ceilDiv(runElements(), PageRuns.PIECE);
            default -> 1;
        };
    }

    /** Most elements of a run that is copied. */
    int runElements() {
        return Math.max(slotElements(), 4 * PageRuns.PIECE);
    }

    /** Most rows of a prefill whose query vectors one work group takes, where a KV head has few. */
    int rowsTogether() {
        return Math.max(1, AttendKernel.VECTORS / queryHeads);
    }

    void put(Table table) {
        table.header(Table.HEAD_DIM, headDim);
        table.header(Table.PAGE_SIZE, pageSize);
        table.header(Table.GROUP_HEADS, groupHeads);
        table.header(Table.QUERY_HEADS, queryHeads);
        table.header(Table.VALUES, values());
        table.header(Table.SHIFT, Stored.shift(type));
        table.header(Table.SCALES, Stored.scalesAt(type));
        AttentionScale.put(table, scale);
    }
}
