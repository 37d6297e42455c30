package io.arkvale.core.shard;

import io.arkvale.api.Backend;
import io.arkvale.api.BackupException;
import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.CacheView;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.MemoryUse;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Step;
import io.arkvale.core.CacheBackend;
import io.arkvale.core.CheckedCache;
import io.arkvale.core.step.CheckedStep;
import io.arkvale.core.step.StepMember;
import io.arkvale.core.step.StepWork;
import io.arkvale.core.tensor.HostMemory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A cache whose head groups are shared among caches of several backends. Its tensors lie in host memory. */
final class ShardedCache extends CheckedCache<ShardedSequence, HostMemory> {
    private final List<Shard> shards = new ArrayList<>();
    private HostMemory shownScores;

    /**
     * Opens a cache of each backend that has groups.
     *
     * @throws io.arkvale.api.CapacityException if one of them lacks memory; none is left open
     */
    ShardedCache(CacheBackend backend, CacheSpec spec, List<Backend> backends) {
        super(backend, spec, ShardedSequence.class);
        shownScores = scoresOf(1);
        boolean isOpen = false;
        try {
            var ranges = HeadRange.shares(spec.headGroups(), backends.size());
            for (int i = 0; i < ranges.size(); i++) {
                var own = backends.get(i);
                var cache = own.open(ranges.get(i).of(spec));
                shards.add(new Shard(cache, ranges.get(i), own.capabilities().supports(Feature.HOST_TENSORS)));
            }
            isOpen = true;
        } finally {
            if (!isOpen) {
                doClose();
            }
        }
    }

    private HostMemory scoresOf(int pages) {
        long rowBytes = (long) Float.BYTES * spec().headGroups();
        return new HostMemory(Math.multiplyExact(pages, rowBytes), rowBytes);
    }

    List<Shard> shards() {
        return shards;
    }

    /** Shards store alike, and a group page is one shard's. */
    @Override
    public long slotBytes() {
        return shards.getFirst().cache().slotBytes();
    }

    /** One of each shard's, or none if one of them raises an error. */
    private ShardedSequence ofEach(SequenceSpec settings, Function<Integer, Sequence> part) {
        var parts = new ArrayList<Sequence>(shards.size());
        boolean isComplete = false;
        try {
            for (int shard = 0; shard < shards.size(); shard++) {
                parts.add(part.apply(shard));
            }
            isComplete = true;
        } finally {
            if (!isComplete) {
                ShardedSequence.closeAll(parts);
            }
        }
        return new ShardedSequence(this, settings, parts);
    }

    @Override
    protected ShardedSequence doBegin(SequenceSpec settings) {
        return ofEach(settings, shard -> shards.get(shard).cache().begin(settings));
    }

    @Override
    protected ShardedSequence doFork(ShardedSequence source) {
        return ofEach(source.spec(), shard -> shards.get(shard).cache().fork(source.parts.get(shard)));
    }

    @Override
    protected ShardedSequence doFork(ShardedSequence source, int length, SequenceSpec settings) {
        try {
            return ofEach(settings, shard -> shards.get(shard).cache().fork(source.parts.get(shard), length, settings));
        } catch (BackupException e) {
            throw source.named(e);
        }
    }

    @Override
    protected void requireRoomToTruncate(ShardedSequence sequence, int length) {
        for (int shard = 0; shard < shards.size(); shard++) {
            if (shards.get(shard).cache() instanceof CheckedCache<?, ?> cache) {
                cache.requireTruncatable(sequence.parts.get(shard), length);
            }
        }
    }

    @Override
    protected void doTruncate(ShardedSequence sequence, int length) {
        try {
            for (int shard = 0; shard < shards.size(); shard++) {
                shards.get(shard).cache().truncate(sequence.parts.get(shard), length);
            }
        } catch (BackupException e) {
            throw sequence.named(e);
        }
    }

    @Override
    protected StepMember<ShardedSequence> doMember(
            ShardedSequence sequence, int index, int firstRow, Batch.Entry entry) {
        return new StepMember<>(sequence, spec(), index, firstRow, entry.tokens(), entry.role());
    }

    @Override
    protected StepWork<HostMemory> doReserve(List<? extends StepMember<ShardedSequence>> members) {
        var own = List.<StepMember<ShardedSequence>>copyOf(members);
        reserveScores(StepMember.mostScores(own, spec().layers()));
        var steps = new ArrayList<Step>(shards.size());
        boolean isComplete = false;
        try {
            for (int shard = 0; shard < shards.size(); shard++) {
                steps.add(shards.get(shard).cache().step(batch(own, shard)));
            }
            isComplete = true;
        } finally {
            if (!isComplete) {
                steps.forEach(Step::close);
            }
        }
        return new ShardedStep(this, shards, own, steps, shownScores);
    }

    private static Batch batch(List<StepMember<ShardedSequence>> members, int shard) {
        var batch = Batch.builder();
        for (var member : members) {
            batch.add(member.sequence().parts.get(shard), member.tokens(), member.role());
        }
        return batch.build();
    }

    private void reserveScores(int pages) {
        if (shownScores.bytes() < (long) Float.BYTES * spec().headGroups() * pages) {
            var wider = scoresOf(Math.max(pages, Math.multiplyExact(pages, 2) - pages / 2));
            shownScores.close();
            shownScores = wider;
        }
    }

    @Override
    protected void doRelease(ShardedSequence sequence) {
        try {
            ShardedSequence.closeAll(sequence.parts);
        } catch (BackupException e) {
            throw sequence.named(e);
        }
    }

    @Override
    protected HostMemory doAllocate(long bytes, long rowBytes) {
        return new HostMemory(bytes, rowBytes);
    }

    @Override
    protected HostMemory doWrap(MemorySegment memory, long rowStride) {
        return HostMemory.over(memory, rowStride);
    }

    @Override
    protected CacheView doView() {
        return new ShardedView(this);
    }

    @Override
    protected MemoryUse doMemory(@Nullable CheckedStep<HostMemory> step) {
        long own = tensors().bytes() + shownScores.bytes();
        return shards.stream()
                .map(shard -> shard.cache().memory())
                .reduce(new MemoryUse(0, 0, 0, 0, 0, 0, own, 0), MemoryUse::plus);
    }

    @Override
    protected void doSynchronize() {
        shards.forEach(shard -> shard.cache().synchronize());
    }

    @Override
    protected void doClose() {
        RuntimeException failure = null;
        for (var shard : shards) {
            try {
                shard.cache().close();
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        shownScores.close();
        if (failure != null) {
            throw failure;
        }
    }
}
