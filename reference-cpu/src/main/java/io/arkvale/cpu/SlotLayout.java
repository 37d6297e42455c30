package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;

/**
 * Where things lie in a slot: for each KV head of its group the keys of the page, then the values, each in the
 * {@linkplain io.arkvale.kernels.Panels panels} that attention reads from first byte to last. All sizes in bytes.
 *
 * @param rowBytes one head's key or value of one token
 * @param headBytes one head's keys or values of one page
 * @param slotBytes the whole slot
 */
record SlotLayout(long rowBytes, long headBytes, long slotBytes) {

    static SlotLayout of(CacheSpec spec) {
        long rowBytes = (long) spec.headDim() * spec.elementType().bytes();
        long headBytes = rowBytes * spec.pageSize();
        return new SlotLayout(rowBytes, headBytes, spec.slotBytes());
    }

    /** Offset in a slot of the first key of a head, counted within its group. */
    long keys(int headOfGroup) {
        return 2L * headOfGroup * headBytes;
    }

    /** Offset in a slot of the first value of a head, counted within its group. */
    long values(int headOfGroup) {
        return keys(headOfGroup) + headBytes;
    }
}
