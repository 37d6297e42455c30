package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;

/**
 * Where a cache's slots and digests lie in its {@link Region}: among the pages slots, then the slots of {@link Guests}; in the
 * memory digests, one run per block with one digest per KV head of the group.
 */
final class RegionLayout {
    final Shape shape;
    private final Region region;
    private final int deviceSlots;

    RegionLayout(CacheSpec spec, Region region) {
        this.region = region;
        shape = Shape.of(spec);
        deviceSlots = Math.toIntExact(spec.deviceSlots());
    }

    /** Where a slot begins. */
    int slotAt(int slot) {
        return region.pages() + slot * shape.slotElements();
    }

    /** Where the slot of a guest begins. */
    int guestAt(int guest) {
        return slotAt(deviceSlots + guest);
    }

    /** Where the digest of a block and head of the group begins. */
    int digestAt(int block, int head) {
        return region.start() + (block * shape.groupHeads() + head) * shape.digestElements();
    }
}
