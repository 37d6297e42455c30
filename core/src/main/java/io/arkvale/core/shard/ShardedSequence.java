package io.arkvale.core.shard;

import io.arkvale.api.BackupException;
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

    /** Closes all, whatever one of them raises; the first error is raised then, with the others in it. */
    static void closeAll(List<Sequence> parts) {
        RuntimeException failure = null;
        for (var part : parts) {
            try {
                part.close();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** An error of a part, as the caller knows the sequence. */
    BackupException named(BackupException error) {
        return new BackupException(String.valueOf(error.getMessage()), List.of(this), error);
    }
}
