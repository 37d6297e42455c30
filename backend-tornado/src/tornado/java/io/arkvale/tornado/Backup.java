package io.arkvale.tornado;

/** The one backup of a filled group page, immutable and shared by forks; its digest goes by the same place. */
final class Backup {
    /** Slot of the host pool, and number of its digest on the device. */
    final int place;

    /** Device slot that holds the page for at least one sequence, so that forks share it. */
    int slot;

    Backup(int place, int slot) {
        this.place = place;
        this.slot = slot;
    }
}
