package io.arkvale.cuda;

/**
 * Which host slots hold a backup. A page fills when its last token comes, so that the host knows without asking the
 * device; a slot's number also names the digest of its page.
 */
final class BackupSlots {
    private final int[] free;
    private final int[] holders;
    private int freeCount;

    BackupSlots(int slots) {
        free = new int[slots];
        holders = new int[slots];
        freeCount = slots;
        for (int i = 0; i < slots; i++) {
            free[i] = slots - 1 - i;
        }
    }

    int freeCount() {
        return freeCount;
    }

    int usedCount() {
        return free.length - freeCount;
    }

    /** Takes a slot; the step has seen that there is one. */
    int take() {
        int slot = free[--freeCount];
        holders[slot] = 1;
        return slot;
    }

    /** A fork holds the slots too. */
    void retain(int[] slots) {
        for (int slot : slots) {
            holders[slot]++;
        }
    }

    /** Gives up slots; their last holder frees them. */
    void release(int[] slots) {
        for (int slot : slots) {
            if (--holders[slot] == 0) {
                free[freeCount++] = slot;
            }
        }
    }
}
