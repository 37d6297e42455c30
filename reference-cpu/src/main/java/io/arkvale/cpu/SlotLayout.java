package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;

/**
 * Where things lie in a slot: keys {@code [kvHeadsPerGroup][pageSize][headDim]}, then values in the same shape. A head's
 * keys of one page are one contiguous run, and so are its values. All sizes in bytes.
 *
 * @param rowBytes one head's key or value of one token
 * @param headBytes one head's keys or values of one page
 * @param keysBytes the group's keys of one page, and so where its values begin
 * @param slotBytes the whole slot
 */
record SlotLayout(long rowBytes, long headBytes, long keysBytes, long slotBytes) {

    static SlotLayout of(CacheSpec spec) {
        long rowBytes = (long) spec.headDim() * spec.elementType().bytes();
        long headBytes = rowBytes * spec.pageSize();
        long keysBytes = headBytes * spec.kvHeadsPerGroup();
        return new SlotLayout(rowBytes, headBytes, keysBytes, spec.slotBytes());
    }

    /** Offset in a slot of the first key of a head, counted within its group. */
    long keys(int headOfGroup) {
        return headOfGroup * headBytes;
    }

    /** Offset in a slot of the first value of a head, counted within its group. */
    long values(int headOfGroup) {
        return keysBytes + headOfGroup * headBytes;
    }
}
