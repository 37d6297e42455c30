package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.core.tensor.HostMemory;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The rows of queries that a call reads, widened to float32, side by side; a batch may have many more. */
final class QueryRows {
    private final CacheSpec spec;
    private final Workers workers;
    private int[] rows = new int[0];
    private float[] numbers = new float[0];

    QueryRows(CacheSpec spec, Workers workers) {
        this.spec = spec;
        this.workers = workers;
    }

    /** Reads rows of a tensor {@code [rows][queryHeads][headDim]}, each once however often it is named. */
    void read(IntStream named, HostMemory from) {
        rows = named.sorted().distinct().toArray();
        int elements = spec.queryHeads() * spec.headDim();
        if (numbers.length < Math.multiplyExact(rows.length, elements)) {
            numbers = new float[rows.length * elements];
        }
        for (int i = 0; i < rows.length; i++) {
            workers.codec.decode(from.segment(), from.at(rows[i]), numbers, i * elements, elements);
        }
    }

    /** What was read. */
    float[] numbers() {
        return numbers;
    }

    /** Where in {@link #numbers} the query heads of a KV head begin. */
    int at(int row, int kvHead) {
        int index = Arrays.binarySearch(rows, row);
        return (index * spec.queryHeads() + kvHead * spec.queryHeadsPerKvHead()) * spec.headDim();
    }
}
