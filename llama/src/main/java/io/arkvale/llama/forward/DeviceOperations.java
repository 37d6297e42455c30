package io.arkvale.llama.forward;

import io.arkvale.api.KvCache;
import io.arkvale.api.Tensor;

/**
 * Dense operations of a device, queued: calls may return before the device is done, and nothing waits for the host but {@link
 * Rows#host} and {@link #read}.
 */
public interface DeviceOperations extends DenseOperations, AutoCloseable {

    /**
     * A tensor of a cache over rows, which keep their memory.
     *
     * @param cache on the same device; its queue is that of these operations
     * @param heads heads of a row
     */
    Tensor tensor(KvCache cache, Rows rows, int heads);

    /** The token of the largest logit of each row; of equal ones the first. */
    void argMax(Rows logits, Indices tokens);

    /** Adds 1 to each number. */
    void advance(Indices indices);

    /** Makes the numbers be others. */
    void write(int[] values, Indices indices);

    /** The numbers; waits for what is under way. */
    int[] read(Indices indices);

    /** {@code out = a · first + b · second}; the rows may be the same. */
    void mix(Rows first, float a, Rows second, float b, Rows out);

    /** Fills rows with random numbers evenly spread over ±{@code bound}. */
    void randomize(Rows rows, float bound, long seed);

    /** Returns when the device has done everything. */
    void await();

    /** Frees all rows. */
    @Override
    void close();
}
