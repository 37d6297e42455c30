package io.arkvale.cuda;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.api.Digest.Form;
import io.arkvale.cuda.driver.Memory;
import io.arkvale.cuda.driver.Streams;
import io.arkvale.cuda.kernel.CacheStructs.Coded;
import java.util.HashMap;
import java.util.Map;

/**
 * Memory of digests in few bits: for each form that a sequence ever began with, a record for every backup and KV head. It is
 * taken when the first such sequence begins, and given back with the cache.
 */
public final class CodedDigests {
    private final CacheSpec spec;
    private final Memory memory;
    private final Map<Form, Memory.OnDevice> pools = new HashMap<>();

    CodedDigests(CacheSpec spec, Memory memory) {
        this.spec = spec;
        this.memory = memory;
    }

    /**
     * Makes sure that a digest has memory, if it is in few bits.
     *
     * @throws io.arkvale.api.CapacityException if there is not so much
     */
    void require(Digest digest, Streams streams) {
        var form = digest.form();
        if (form.isWhole() || pools.containsKey(form)) {
            return;
        }
        long recordBytes = (long) Integer.BYTES * new CodedLayout(form, spec.headDim()).words();
        var pool = memory.allocate(Math.multiplyExact(recordBytes * spec.kvHeadsPerGroup(), spec.hostSlots()));
        streams.fill(pool.address, 0, pool.bytes);
        pools.put(form, pool);
    }

    /** The records of a form, which a sequence has begun with. */
    Memory.OnDevice pool(Form form) {
        var pool = pools.get(form);
        if (pool == null) {
            throw new IllegalStateException("no sequence began with " + form);
        }
        return pool;
    }

    /** Bytes of shared memory that summarising a page takes. */
    public static int summaryBytes(Form form, CacheSpec spec) {
        return new CodedLayout(form, spec.headDim()).summaryBytes();
    }

    /** What kernels are told of a digest. */
    @SuppressWarnings("EnumOrdinal") // cache.cuh declares the same constants in the same order
    public Coded onDevice(Digest digest) {
        var form = digest.form();
        if (form.isWhole()) {
            return Coded.NONE;
        }
        return new Coded(
                pool(form).address.value(),
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
