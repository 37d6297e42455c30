package io.arkvale.cuda;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.api.Digest.Form;
import io.arkvale.cuda.driver.Memory;
import io.arkvale.cuda.driver.Streams;
import io.arkvale.cuda.kernel.CacheStructs.Coded;
import io.arkvale.cuda.kernel.CacheStructs.Digests;
import java.util.HashMap;
import java.util.Map;

/**
 * Memory of digests: for each kind that a sequence ever began with, one for every backup and KV head. It is taken when the
 * first such sequence begins, and given back with the cache. Sequences that share a page may have digests of it of two kinds.
 */
public final class DigestPools {
    private final CacheSpec spec;
    private final Memory memory;
    private final Map<Digest, DigestPool> pools = new HashMap<>();

    DigestPools(CacheSpec spec, Memory memory) {
        this.spec = spec;
        this.memory = memory;
    }

    /**
     * Makes sure that a kind of digest has memory, all zero.
     *
     * @throws io.arkvale.api.CapacityException if there is not so much
     */
    void require(Digest digest, Streams streams) {
        if (pools.containsKey(digest)) {
            return;
        }
        boolean hasRadii = digest.form().isWhole() && digest.shape() == Digest.Shape.SPHERE;
        var numbers = memory.allocate(Math.multiplyExact(numberBytes(digest), spec.hostSlots()));
        Memory.OnDevice radii;
        try {
            radii = hasRadii ? memory.allocate((long) Float.BYTES * spec.kvHeadsPerGroup() * spec.hostSlots()) : null;
        } catch (Throwable failure) {
            numbers.close();
            throw failure;
        }
        streams.fill(numbers.address, 0, numbers.bytes);
        if (radii != null) {
            streams.fill(radii.address, 0, radii.bytes);
        }
        pools.put(digest, new DigestPool(numbers, radii));
    }

    /** Bytes of a group page's vectors or records. Whole digests have two vectors per KV head, the first ones first. */
    private long numberBytes(Digest digest) {
        var form = digest.form();
        return form.isWhole()
                ? spec.slotBytes() / spec.pageSize()
                : (long) Integer.BYTES * new CodedLayout(form, spec.headDim()).words() * spec.kvHeadsPerGroup();
    }

    /** The memory of a kind, which a sequence has begun with. */
    DigestPool pool(Digest digest) {
        var pool = pools.get(digest);
        if (pool == null) {
            throw new IllegalStateException("no sequence began with " + digest);
        }
        return pool;
    }

    /** Digests of group pages that sequences have, each kind of a page once. */
    long used() {
        return pools.values().stream().mapToLong(DigestPool::used).sum();
    }

    /** Bytes of shared memory that summarising a page in few bits takes. */
    public static int summaryBytes(Form form, CacheSpec spec) {
        return new CodedLayout(form, spec.headDim()).summaryBytes();
    }

    /** Words of shared memory that a page takes of a stage while pages in few bits are scored. */
    public static int stageWords(Form form, CacheSpec spec) {
        return new CodedLayout(form, spec.headDim()).stageWords();
    }

    /** Bytes of shared memory that what codes are multiplied with takes then. */
    public static int factorBytes(Form form, CacheSpec spec) {
        int queryPieces = switch (spec.elementType()) {
            case F32 -> 3;
            case F16 -> 2;
            case BF16 -> 1;
        };
        return new CodedLayout(form, spec.headDim()).factorBytes(queryPieces);
    }

    /** What kernels are told of a digest if it is whole. */
    public Digests whole(Digest digest) {
        if (!digest.form().isWhole()) {
            return Digests.NONE;
        }
        var pool = pool(digest);
        return new Digests(pool.numbers.value(), pool.radii == null ? 0 : pool.radii.value());
    }

    /** What kernels are told of a digest if it is in few bits. */
    @SuppressWarnings("EnumOrdinal") // cache.cuh declares the same constants in the same order
    public Coded coded(Digest digest) {
        var form = digest.form();
        if (form.isWhole()) {
            return Coded.NONE;
        }
        return new Coded(
                pool(digest).numbers.value(),
                new CodedLayout(form, spec.headDim()).words(),
                form.shape().ordinal(),
                digest.extent().ordinal(),
                Float.floatToRawIntBits(digest.factor()),
                form.parts(),
                form.zeroBits(),
                form.centreBits(),
                form.extentBits());
    }
}
