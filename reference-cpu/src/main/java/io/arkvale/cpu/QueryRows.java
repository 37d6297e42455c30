package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.core.tensor.HostMemory;
import java.util.Arrays;

/** The rows of queries that a call reads, widened to float32, side by side; a batch may have many more. */
final class QueryRows {
    private final CacheSpec spec;
    private final Workers workers;
    private int[] rows = new int[0];
    private int count;
    private float[] numbers = new float[0];

    QueryRows(CacheSpec spec, Workers workers) {
        this.spec = spec;
        this.workers = workers;
    }

    /** Forgets all rows. */
    void clear() {
        count = 0;
    }

    /** Adds a row of those to read, which may be there already. */
    void add(int row) {
        if (count > 0 && rows[count - 1] == row) {
            return; // as with the groups of one sequence, which come together
        }
        if (count == rows.length) {
            rows = Arrays.copyOf(rows, Math.max(8, 2 * count));
        }
        rows[count++] = row;
    }

    /** Reads the rows of a tensor {@code [rows][queryHeads][headDim]} that were added, each once. */
    void read(HostMemory from) {
        Arrays.sort(rows, 0, count);
        int distinct = 0;
        for (int i = 0; i < count; i++) {
            if (i == 0 || rows[i] != rows[i - 1]) {
                rows[distinct++] = rows[i];
            }
        }
        count = distinct;
        int elements = spec.queryHeads() * spec.headDim();
        if (numbers.length < Math.multiplyExact(count, elements)) {
            numbers = new float[count * elements];
        }
        for (int i = 0; i < count; i++) {
            workers.codec.decode(from.segment(), from.at(rows[i]), numbers, i * elements, elements);
        }
    }

    /** What was read. */
    float[] numbers() {
        return numbers;
    }

    /** Where in {@link #numbers} the query heads of a KV head begin. */
    int at(int row, int kvHead) {
        int index = Arrays.binarySearch(rows, 0, count, row);
        return (index * spec.queryHeads() + kvHead * spec.queryHeadsPerKvHead()) * spec.headDim();
    }
}
