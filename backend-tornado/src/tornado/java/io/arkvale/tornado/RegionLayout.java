package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;

/**
 * Where a cache's slots and digests lie in its {@link Region}: among the pages slots, then the slots of {@link Guests}; in the
 * memory digests, one run per block with one digest per KV head of the group.
 */
final class RegionLayout {
    final Shape shape;
    private final int firstSlot;
    private final int slotElements;
    private final int firstDigest;
    private final int digestElements;
    private final int blockElements;
    private final int deviceSlots;

    RegionLayout(CacheSpec spec, Region region) {
        shape = Shape.of(spec);
        firstSlot = region.pages();
        slotElements = shape.slotElements();
        firstDigest = region.start();
        digestElements = shape.digestElements();
        blockElements = shape.groupHeads() * digestElements;
        deviceSlots = Math.toIntExact(spec.deviceSlots());
    }

    /** Where a slot begins. */
    int slotAt(int slot) {
        return firstSlot + slot * slotElements;
    }

    /** Where the slot of a guest begins. */
    int guestAt(int guest) {
        return slotAt(deviceSlots + guest);
    }

    /** Where the digest of a block and head of the group begins. */
    int digestAt(int block, int head) {
        return firstDigest + block * blockElements + head * digestElements;
    }
}
