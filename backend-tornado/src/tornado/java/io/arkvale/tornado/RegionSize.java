package io.arkvale.tornado;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.CapacityException;
import io.arkvale.api.ElementType;

/**
 * What a cache's pages take of an engine's arrays, which are counted with ints.
 *
 * @param type type of the elements
 * @param pageElements elements of its slots, those of {@link Guests} included
 * @param numbers float32 numbers of its digests, as many as backups
 */
record RegionSize(ElementType type, long pageElements, long numbers) {
    /** TornadoVM's arrays count elements with ints. */
    private static final long MOST_ELEMENTS = Integer.MAX_VALUE - 64;

    /**
     * What a cache takes.
     *
     * @throws CapacityException if that is more than the arrays can hold
     */
    static RegionSize of(CacheSpec spec) {
        try {
            var shape = Shape.of(spec);
            long slots =
                    Math.multiplyExact(Math.addExact(spec.deviceSlots(), Guests.COUNT), (long) shape.slotElements());
            long backups = Math.addExact(spec.hostSlots(), spec.diskSlots());
            long digests = Math.multiplyExact(backups, (long) spec.kvHeadsPerGroup() * shape.digestElements());
            requireCountable(Math.max(slots, digests));
            return new RegionSize(spec.elementType(), slots, digests);
        } catch (ArithmeticException e) {
            throw shortage(Long.MAX_VALUE);
        }
    }

    /**
     * Checks that an array can have so many elements.
     *
     * @throws CapacityException if not
     */
    static void requireCountable(long elements) {
        if (elements > MOST_ELEMENTS) {
            throw shortage(elements);
        }
    }

    private static CapacityException shortage(long elements) {
        return new CapacityException("elements of an array on the device", elements, MOST_ELEMENTS);
    }

    /** Bytes of device memory. */
    long bytes() {
        return pageElements * type.bytes() + numbers * Float.BYTES;
    }
}
