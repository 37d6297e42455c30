package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;

/**
 * Where a cache's slots and digests lie in its {@link Region}, in elements: slots, then the slots of {@link Guests}, then
 * digests, one run per block with one digest per KV head of the group.
 */
final class RegionLayout {
    final Shape shape;
    private final Region region;
    private final int deviceSlots;
    private final int digestsAt;

    RegionLayout(CacheSpec spec, Region region) {
        this.region = region;
        shape = Shape.of(spec);
        deviceSlots = Math.toIntExact(spec.deviceSlots());
        digestsAt = slotAt(deviceSlots + Guests.COUNT);
    }

    /** Where a slot begins. */
    int slotAt(int slot) {
        return region.start() + slot * shape.slotElements();
    }

    /** Where the slot of a guest begins. */
    int guestAt(int guest) {
        return slotAt(deviceSlots + guest);
    }

    /** Where the digest of a block and head of the group begins. */
    int digestAt(int block, int head) {
        return digestsAt + (block * shape.groupHeads() + head) * shape.digestElements();
    }
}
