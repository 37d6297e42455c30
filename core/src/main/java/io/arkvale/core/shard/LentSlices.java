package io.arkvale.core.shard;

import io.arkvale.api.Tensor;
import java.util.ArrayList;
import java.util.List;

/** What shards were lent for one call, given back together. */
final class LentSlices implements AutoCloseable {
    private final List<HeadSlice> slices = new ArrayList<>();

    /** Keeps a slice until all are given back. */
    Tensor add(HeadSlice slice) {
        slices.add(slice);
        return slice.tensor();
    }

    @Override
    public void close() {
        slices.forEach(HeadSlice::close);
    }
}
