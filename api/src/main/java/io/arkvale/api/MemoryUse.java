package io.arkvale.api;

/**
 * Memory of a cache or of a whole backend.
 *
 * @param usedDeviceSlots device slots that hold a page
 * @param reservedDeviceSlots device slots promised to the open step and not yet used
 * @param usedHostSlots host slots that hold a backup
 * @param usedDiskSlots disk slots that hold a backup
 * @param digests digests held, one per page and KV head
 * @param deviceBytes bytes of device memory allocated, pools, digests, tensors and scratch included
 * @param hostBytes bytes of host memory allocated for backups and staging
 * @param diskBytes bytes of files
 */
public record MemoryUse(
        long usedDeviceSlots,
        long reservedDeviceSlots,
        long usedHostSlots,
        long usedDiskSlots,
        long digests,
        long deviceBytes,
        long hostBytes,
        long diskBytes) {

    /** Nothing in use. */
    public static final MemoryUse NONE = new MemoryUse(0, 0, 0, 0, 0, 0, 0, 0);

    /** The sum of two uses. */
    public MemoryUse plus(MemoryUse other) {
        return new MemoryUse(
                usedDeviceSlots + other.usedDeviceSlots,
                reservedDeviceSlots + other.reservedDeviceSlots,
                usedHostSlots + other.usedHostSlots,
                usedDiskSlots + other.usedDiskSlots,
                digests + other.digests,
                deviceBytes + other.deviceBytes,
                hostBytes + other.hostBytes,
                diskBytes + other.diskBytes);
    }
}
