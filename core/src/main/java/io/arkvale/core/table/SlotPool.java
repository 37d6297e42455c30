package io.arkvale.core.table;

import java.util.Arrays;

/**
 * Numbers of equal slots, counted by references; a slot is free again with its last reference. What a slot holds is the
 * owner's business, and how many are needed was seen beforehand, by a {@link Reservation}.
 */
public final class SlotPool {
    private final int capacity;
    private int[] references = new int[16];
    private int[] free = new int[16];
    private int freeCount;
    private int made;
    private int shared;

    /** A pool of {@code capacity} slots, numbered from 0, all free. */
    public SlotPool(int capacity) {
        this.capacity = capacity;
    }

    /** Slots that can be taken. */
    public int available() {
        return capacity - used();
    }

    /** Slots in use. */
    public int used() {
        return made - freeCount;
    }

    /** Takes a slot with one reference: the one freed last, else the lowest never taken. */
    public int take() {
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
    public void retain(int slot) {
        if (references[slot]++ == 1) {
            shared++;
        }
    }

    /** Adds a reference to each. */
    public void retainAll(int[] slots) {
        for (int slot : slots) {
            retain(slot);
        }
    }

    /** Drops a reference; true if it was the last and the slot is free again. */
    public boolean release(int slot) {
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

    /** Drops a reference to each. */
    public void releaseAll(int[] slots) {
        for (int slot : slots) {
            release(slot);
        }
    }

    /** Whether any slot has more than one reference. */
    public boolean hasShared() {
        return shared > 0;
    }

    /** Whether more than one reference is held. */
    public boolean isShared(int slot) {
        return references[slot] > 1;
    }
}
