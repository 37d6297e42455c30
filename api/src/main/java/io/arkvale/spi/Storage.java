package io.arkvale.spi;

/**
 * How a device stores pages: constant for a cache.
 *
 * @param slotBytes bytes of one slot, as {@link PageDevice#download} copies it; a backup takes as many
 * @param readBeyond bytes behind a slot in host memory that the device may read, whatever they hold; it never writes there
 * @param digestPages pages whose digests lie together in one block, at least 1. A block belongs to one sequence, layer and
 *     head group
 * @param copiesInBackground whether {@link PageDevice#download} may run on another thread beside every other method
 * @param timed whether {@link PageDevice#clock} measures; without it reports have no times
 */
public record Storage(long slotBytes, int readBeyond, int digestPages, boolean copiesInBackground, boolean timed) {
    /** Slots of so many bytes, a digest at a time, copies one after another with all else, times by the host's clock. */
    public static Storage of(long slotBytes) {
        return new Storage(slotBytes, 0, 1, false, true);
    }
}
