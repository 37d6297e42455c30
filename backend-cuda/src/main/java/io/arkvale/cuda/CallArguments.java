package io.arkvale.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
        FREE_COUNT,
        FREE_SLOTS,
        REFERENCES,
        HOLDERS,
        SLOT_BYTES,
        SEQUENCES,
        FLAGS,
        EVICTED,
        RECALLED,
        MOVES,
        MOVE_COUNT,
        COPIES,
        CHUNKS,
        QUERIES,
        KEYS,
        VALUES,
        OUTPUT,
        SCORES,
        SCORE_OFFSETS,
        HEAD_SCORES,
        PARTIALS,
        TICKETS,
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
        EXTENT
    }

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
