package io.arkvale.core.shard;

import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.core.CacheSequence;
import java.util.List;

/** A sequence of a sharded cache: one of each shard's. */
final class ShardedSequence extends CacheSequence {
    /** By shard. */
    final List<Sequence> parts;

    ShardedSequence(ShardedCache cache, SequenceSpec spec, List<Sequence> parts) {
        super(cache, spec);
        this.parts = List.copyOf(parts);
    }
}
