package io.arkvale.llama;

import io.arkvale.api.KvCache;
import io.arkvale.api.Tensor;
import io.arkvale.llama.config.LlamaConfig;
import io.arkvale.llama.forward.AttentionRows;
import io.arkvale.llama.forward.DenseDevice;
import io.arkvale.llama.forward.DeviceOperations;
import java.util.List;

/**
 * Rows that products write and a cache on the same device reads, and the other way round: nothing is copied.
 *
 * @param rows owned by the operations that made them
 * @param queries tensor over the queries, closed with this record, as the others
 * @param keys over the keys
 * @param values over the values
 * @param output over what attention gives
 */
record SharedRows(AttentionRows rows, Tensor queries, Tensor keys, Tensor values, Tensor output)
        implements AutoCloseable {

    /** So many rows. */
    static SharedRows of(DeviceOperations operations, KvCache cache, LlamaConfig config, int count) {
        var rows = AttentionRows.of(operations, config, count, false);
        return new SharedRows(
                rows,
                operations.tensor(cache, rows.queries(), config.queryHeads()),
                operations.tensor(cache, rows.keys(), config.kvHeads()),
                operations.tensor(cache, rows.values(), config.kvHeads()),
                operations.tensor(cache, rows.attended(), config.queryHeads()));
    }

    /**
     * Operations in a cache's queue.
     *
     * @throws IllegalArgumentException if the model computes on the CPU, or the cache is for another type
     */
    static DeviceOperations operations(Llama model, KvCache cache) {
        DenseDevice device = model.device()
                .orElseThrow(() -> new IllegalArgumentException("the model computes on the CPU; load it on a device"));
        if (cache.spec().elementType() != device.elementType()) {
            throw new IllegalArgumentException("the cache is for "
                    + cache.spec().elementType() + "; allowed: the device's " + device.elementType());
        }
        return device.operations(cache.queue().handle());
    }

    @Override
    public void close() {
        for (var tensor : List.of(queries, keys, values, output)) {
            tensor.close();
        }
    }
}
