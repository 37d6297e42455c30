package io.arkvale.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumSet;
import java.util.Set;
import jcuda.Pointer;

/** The argument of every kernel: struct {@code Call} of {@code cache.cuh}, first its 8-byte fields, then its ints. */
@SuppressWarnings("EnumOrdinal") // the order of the constants is the layout
final class CallArguments {
    /** The 8-byte fields, in order. */
    enum Wide {
        POOL,
        HOST,
        DIGESTS,
        RADII,
        GIVEN,
        FREE_SLOTS,
        REFERENCES,
        HOLDERS,
        SLOT_BYTES,
        SEQUENCES,
        FLAGS,
        EVICTED,
        RECALLED,
        COPIES,
        TIMES,
        PARTIALS,
        TICKETS,
        CHUNKS,
        QUERIES,
        KEYS,
        VALUES,
        OUTPUT,
        SCORES,
        SCORE_OFFSETS,
        HEAD_SCORES,
        SELECT_KEYS
    }

    /** The ints, in order. */
    enum Narrow {
        LAYERS,
        QUERY_HEADS,
        KV_HEADS,
        HEAD_DIM,
        PAGE_SIZE,
        GROUPS,
        BATCH,
        LAYER,
        MODE,
        SPLITS,
        SPLIT_TARGET,
        EXTENT,
        SLOTS,
        FORKED
    }

    private static final Set<Wide> CALL_FIELDS = EnumSet.range(Wide.CHUNKS, Wide.SELECT_KEYS);
    private static final Set<Narrow> CALL_NUMBERS = EnumSet.of(Narrow.MODE, Narrow.SPLITS, Narrow.EXTENT);
    private static final int NARROW_START = Wide.values().length * Long.BYTES;
    private static final int BYTES = NARROW_START + Narrow.values().length * Integer.BYTES;

    private final ByteBuffer struct = ByteBuffer.allocateDirect(BYTES).order(ByteOrder.nativeOrder());
    private final Pointer pointer = Pointer.to(Pointer.to(struct));

    CallArguments set(Wide field, long value) {
        struct.putLong(field.ordinal() * Long.BYTES, value);
        return this;
    }

    CallArguments set(Narrow field, int value) {
        struct.putInt(NARROW_START + field.ordinal() * Integer.BYTES, value);
        return this;
    }

    /** Forgets what earlier calls left in fields of their own, so that equal calls have equal arguments. */
    void beginCall() {
        for (var field : CALL_FIELDS) {
            set(field, 0);
        }
        for (var field : CALL_NUMBERS) {
            set(field, 0);
        }
    }

    /** The arguments as they are now. */
    ByteBuffer copy() {
        return ByteBuffer.allocate(BYTES).put(struct.duplicate().clear()).flip();
    }

    /** Takes back a {@link #copy}. */
    void restore(ByteBuffer copy) {
        struct.duplicate().clear().put(copy.duplicate());
    }

    /** As the driver wants it: an array of pointers to the arguments, of which there is one. */
    Pointer pointer() {
        return pointer;
    }
}
