package io.arkvale.tornado;

import java.util.Arrays;

/** Numbers of equal slots, counted by references; a slot is free again with its last reference. */
final class SlotPool {
    private final int capacity;
    private int[] references = new int[16];
    private int[] free = new int[16];
    private int freeCount;
    private int made;
    private int shared;

    SlotPool(int capacity) {
        this.capacity = capacity;
    }

    int available() {
        return capacity - used();
    }

    int used() {
        return made - freeCount;
    }

    /** Takes a slot with one reference. */
    int take() {
        if (freeCount == 0 && made == capacity) {
            throw new IllegalStateException("a pool of " + capacity + " slots is empty although they were reserved");
        }
        if (freeCount == 0 && made == references.length) {
            int length = (int) Math.min(capacity, 2L * made);
            references = Arrays.copyOf(references, length);
            free = Arrays.copyOf(free, length);
        }
        int slot = freeCount > 0 ? free[--freeCount] : made++;
        references[slot] = 1;
        return slot;
    }

    /** Adds a reference. */
    void retain(int slot) {
        if (references[slot]++ == 1) {
            shared++;
        }
    }

    /** Drops a reference; true if it was the last and the slot is free again. */
    boolean release(int slot) {
        if (references[slot] <= 0) {
            throw new IllegalStateException("slot " + slot + " was released more often than retained");
        }
        if (--references[slot] > 0) {
            shared -= references[slot] == 1 ? 1 : 0;
            return false;
        }
        free[freeCount++] = slot;
        return true;
    }

    /** Whether any slot has more than one reference. */
    boolean hasShared() {
        return shared > 0;
    }

    /** Whether more than one reference is held. */
    boolean isShared(int slot) {
        return references[slot] > 1;
    }
}
