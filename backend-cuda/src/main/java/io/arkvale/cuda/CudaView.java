package io.arkvale.cuda;

import io.arkvale.api.CacheView;
import io.arkvale.api.ElementType;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.Sequence;
import io.arkvale.api.Tier;
import io.arkvale.api.support.CallChecks;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The cache's state as tests and research see it. */
public final class CudaView implements CacheView {
    private final CudaCache cache;
    private final Mirror slots;
    private final Mirror digests;
    private final Mirror radii;

    /** Version of the cache whose backups have all arrived. */
    private long settled = -1;

    public CudaView(CudaCache cache) {
        this.cache = cache;
        slots = new Mirror(cache, cache.pools.slots());
        digests = new Mirror(cache, cache.pools.digests());
        radii = new Mirror(cache, cache.pools.radii());
    }

    @Override
    public int tokens(Sequence sequence, int layer) {
        try (var _ = cache.lock.begin()) {
            var own = own(sequence, layer);
            var step = cache.openStep();
            var member = step == null ? null : step.member(own);
            return member == null || step == null ? own.length : step.tokens(member, layer);
        }
    }

    @Override
    public PageState page(Sequence sequence, int layer, int group, int page) {
        try (var _ = cache.lock.begin()) {
            int tokens = tokens(sequence, layer);
            var own = own(sequence, layer);
            requirePage(tokens, group, page);
            boolean backed = isBacked(own, tokens, layer, page);
            int pageSize = cache.spec.pageSize();
            return new PageState(
                    Math.min(pageSize, tokens - page * pageSize),
                    slot(own, layer, group, page),
                    backed ? Tier.HOST : Tier.NONE,
                    backed);
        }
    }

    @Override
    public int[] attendedPages(Sequence sequence, int layer, int group) {
        try (var _ = cache.lock.begin()) {
            var own = own(sequence, layer);
            CallChecks.index("group", group, cache.spec.headGroups());
            var ints = copy(own);
            int count = ints[Math.toIntExact(own.tables.counts() + run(layer, group))];
            if (count <= 0) {
                return IntStream.range(0, -count).toArray();
            }
            int first = Math.toIntExact(own.tables.attended() + run(layer, group) * (long) own.tables.capacity());
            return Arrays.stream(ints, first, first + count)
                    .map(Tables::attendedPage)
                    .sorted()
                    .toArray();
        }
    }

    @Override
    public float[] digest(Sequence sequence, int layer, int kvHead, int page) {
        try (var _ = cache.lock.begin()) {
            int tokens = tokens(sequence, layer);
            var own = own(sequence, layer);
            CallChecks.index("kvHead", kvHead, cache.spec.kvHeads());
            if (page < 0 || !isBacked(own, tokens, layer, page)) {
                throw new InvalidArgumentException("page " + page + " of layer " + layer
                        + " has no digest; allowed: the filled pages of layers with a budget, here "
                        + (own.spec.isLimited(layer) ? tokens / cache.spec.pageSize() : 0));
            }
            int heads = cache.spec.kvHeadsPerGroup();
            int slot = own.backups.get(page)[table(own, layer, kvHead / heads)];
            var shape = own.spec.digest().shape();
            int width = cache.spec.headDim();
            var digest = new float[shape.vectors() * width + shape.radii()];
            cache.device.enter();
            var type = cache.spec.elementType();
            var bytes = MemorySegment.ofArray(new long[Math.ceilDiv(width * type.bytes(), Long.BYTES)]);
            for (int vector = 0; vector < shape.vectors(); vector++) {
                long vectorBytes = (long) width * type.bytes();
                digests.read(
                        cache.pools.digestAt(slot) + (vector * heads + kvHead % heads) * vectorBytes,
                        bytes,
                        vectorBytes);
                for (int i = 0; i < width; i++) {
                    digest[vector * width + i] = element(bytes, type, i);
                }
            }
            if (shape.radii() > 0) {
                radii.read(cache.pools.radiusAt(slot, kvHead % heads), bytes, Float.BYTES);
                digest[digest.length - 1] = bytes.get(ValueLayout.JAVA_FLOAT, 0);
            }
            return digest;
        }
    }

    private static float element(MemorySegment bytes, ElementType type, int index) {
        return switch (type) {
            case F32 -> bytes.getAtIndex(ValueLayout.JAVA_FLOAT, index);
            case F16 -> Float.float16ToFloat(bytes.getAtIndex(ValueLayout.JAVA_SHORT, index));
            case BF16 -> Float.intBitsToFloat(bytes.getAtIndex(ValueLayout.JAVA_SHORT, index) << 16);
        };
    }

    @Override
    public void copyResident(Sequence sequence, int layer, int group, int page, MemorySegment target) {
        try (var _ = cache.lock.begin()) {
            int tokens = tokens(sequence, layer);
            var own = own(sequence, layer);
            requirePage(tokens, group, page);
            CallChecks.room("target", target, cache.spec.slotBytes());
            int slot = slot(own, layer, group, page);
            if (slot < 0) {
                throw new InvalidArgumentException("page " + page + " of layer " + layer + " is not resident");
            }
            cache.device.enter();
            slots.read(slot * cache.spec.slotBytes(), target, cache.spec.slotBytes());
            clearUnstored(Math.min(cache.spec.pageSize(), tokens - page * cache.spec.pageSize()), target);
        }
    }

    /** A slot is handed out as it was left; what was never stored reads as zero. */
    private void clearUnstored(int stored, MemorySegment target) {
        var spec = cache.spec;
        long rowBytes = (long) spec.headDim() * spec.elementType().bytes();
        for (int head = 0; head < 2 * spec.kvHeadsPerGroup(); head++) {
            long first = ((long) head * spec.pageSize() + stored) * rowBytes;
            target.asSlice(first, (spec.pageSize() - stored) * rowBytes).fill((byte) 0);
        }
    }

    @Override
    public void copyBackup(Sequence sequence, int layer, int group, int page, MemorySegment target) {
        try (var _ = cache.lock.begin()) {
            int tokens = tokens(sequence, layer);
            var own = own(sequence, layer);
            requirePage(tokens, group, page);
            CallChecks.room("target", target, cache.spec.slotBytes());
            if (!isBacked(own, tokens, layer, page)) {
                throw new InvalidArgumentException("page " + page + " of layer " + layer + " has no backup");
            }
            if (settled != cache.version()) {
                cache.device.enter();
                cache.streams.synchronize();
                settled = cache.version();
            }
            var backup = cache.pools.backup(own.backups.get(page)[table(own, layer, group)]);
            MemorySegment.copy(backup, 0, target, 0, backup.byteSize());
        }
    }

    private boolean isBacked(CudaSequence sequence, int tokens, int layer, int page) {
        return sequence.spec.isLimited(layer) && page < tokens / cache.spec.pageSize();
    }

    private int slot(CudaSequence sequence, int layer, int group, int page) {
        int at = Math.toIntExact(run(layer, group) * (long) sequence.tables.capacity() + page);
        return Tables.slot(copy(sequence)[at]);
    }

    /** The sequence's tables, fetched again only after a call that may have changed them. */
    private int[] copy(CudaSequence sequence) {
        if (sequence.copyVersion != cache.version()) {
            cache.device.enter();
            var ints = new int[Math.toIntExact(sequence.tables.bytes() / Integer.BYTES)];
            cache.staging.download(sequence.block.address, MemorySegment.ofArray(ints), sequence.tables.bytes());
            sequence.copy = ints;
            sequence.copyVersion = cache.version();
        }
        return sequence.copy;
    }

    private int run(int layer, int group) {
        return layer * cache.spec.headGroups() + group;
    }

    private int table(CudaSequence sequence, int layer, int group) {
        return (layer - sequence.spec.denseLayers()) * cache.spec.headGroups() + group;
    }

    private CudaSequence own(Sequence sequence, int layer) {
        cache.requireOpen();
        var own = cache.own(sequence);
        CallChecks.index("layer", layer, cache.spec.layers());
        return own;
    }

    private void requirePage(int tokens, int group, int page) {
        CallChecks.index("group", group, cache.spec.headGroups());
        CallChecks.index("page", page, cache.spec.pages(tokens));
    }
}
