package io.arkvale.cuda;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.api.Tier;
import io.arkvale.core.CheckedView;
import io.arkvale.core.tensor.Elements;
import io.arkvale.cuda.driver.Memory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** A view of a cache whose tables are on the device. */
public final class CudaView extends CheckedView<CudaSequence> {
    private final CudaCache cache;
    private final CacheSpec spec;
    private final Mirror slots;
    private final Map<Memory.OnDevice, Mirror> digests = new HashMap<>();

    /** Version of the cache whose backups have all arrived. */
    private long settled = -1;

    public CudaView(CudaCache cache) {
        super(cache);
        this.cache = cache;
        spec = cache.spec();
        slots = new Mirror(cache, cache.pools.slots());
    }

    @Override
    protected int slot(CudaSequence sequence, int layer, int group, int page) {
        return sequence.tables.slot(copy(sequence), run(layer, group), page);
    }

    @Override
    protected Tier tier(CudaSequence sequence, int layer, int group, int page) {
        return page < digested(sequence, layer) ? Tier.HOST : Tier.NONE;
    }

    @Override
    protected int[] attended(CudaSequence sequence, int layer, int group) {
        var ints = copy(sequence);
        int run = run(layer, group);
        int count = sequence.tables.attendedCount(ints, run);
        if (count <= 0) {
            return IntStream.range(sequence.tables.attendedFirst(ints, run), -count)
                    .toArray();
        }
        return IntStream.range(0, count)
                .map(i -> sequence.tables.attendedPage(ints, run, i))
                .sorted()
                .toArray();
    }

    @Override
    protected float[] readDigest(CudaSequence sequence, int layer, int kvHead, int page) {
        int heads = spec.kvHeadsPerGroup();
        int slot = backup(sequence, layer, kvHead / heads, page);
        var digest = sequence.spec().digest();
        long place = (long) slot * heads + kvHead % heads;
        return digest.form().isWhole() ? readWhole(digest, slot, kvHead % heads) : readCoded(digest, place);
    }

    private Mirror mirror(Memory.OnDevice block) {
        return digests.computeIfAbsent(block, missing -> new Mirror(cache, missing));
    }

    private float[] readCoded(Digest digest, long place) {
        var layout = new CodedLayout(digest.form(), spec.headDim());
        var records = mirror(cache.digests.pool(digest).numbers);
        var record = new int[layout.words()];
        long bytes = (long) Integer.BYTES * record.length;
        records.read(place * bytes, MemorySegment.ofArray(record), bytes);
        return layout.read(record);
    }

    private float[] readWhole(Digest kind, int slot, int headInGroup) {
        int heads = spec.kvHeadsPerGroup();
        var pool = cache.digests.pool(kind);
        int vectors = kind.shape() == Digest.Shape.CUBOID ? 2 : 1;
        var type = spec.elementType();
        int width = spec.headDim();
        var digest = new float[kind.form().numbers(width)];
        var bytes = MemorySegment.ofArray(new byte[Math.max(width * type.bytes(), Float.BYTES)]);
        for (int vector = 0; vector < vectors; vector++) {
            long vectorBytes = (long) width * type.bytes();
            mirror(pool.numbers).read(((2L * slot + vector) * heads + headInGroup) * vectorBytes, bytes, vectorBytes);
            for (int i = 0; i < width; i++) {
                digest[vector * width + i] = Elements.get(bytes, type, i);
            }
        }
        if (pool.radii != null) {
            mirror(pool.radii).read(Float.BYTES * ((long) slot * heads + headInGroup), bytes, Float.BYTES);
            digest[digest.length - 1] = bytes.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 0);
        }
        return digest;
    }

    @Override
    protected void readResident(CudaSequence sequence, int layer, int group, int page, MemorySegment rows) {
        var layout = cache.pools.layout;
        var slot = MemorySegment.ofArray(new byte[Math.toIntExact(layout.slotBytes())]);
        slots.read(slot(sequence, layer, group, page) * layout.slotBytes(), slot, layout.slotBytes());
        layout.unpack(slot, rows);
    }

    @Override
    protected void readBackup(CudaSequence sequence, int layer, int group, int page, MemorySegment rows) {
        if (settled != cache.version()) {
            cache.streams.synchronize();
            settled = cache.version();
        }
        cache.pools.layout.unpack(cache.pools.backup(backup(sequence, layer, group, page)), rows);
    }

    private int backup(CudaSequence sequence, int layer, int group, int page) {
        return sequence.fullPages.get(page).backup(run(layer, group));
    }

    /** The sequence's tables, fetched again only after a call that may have changed them. */
    private int[] copy(CudaSequence sequence) {
        if (sequence.copyVersion != cache.version()) {
            var ints = new int[Math.toIntExact(sequence.tables.bytes() / Integer.BYTES)];
            cache.staging.download(sequence.block.address, MemorySegment.ofArray(ints), sequence.tables.bytes());
            sequence.copy = ints;
            sequence.copyVersion = cache.version();
        }
        return sequence.copy;
    }

    private int run(int layer, int group) {
        return layer * spec.headGroups() + group;
    }
}
