package io.arkvale.cpu;

import java.util.Arrays;

/** Places of blocks, given out from 0 on when a block is first named. */
final class BlockNumbers {
    private static final int NONE = -1;

    private int[] places = new int[0];
    private int used;

    /** Places given out. */
    int used() {
        return used;
    }

    /** The place of a block. */
    int place(int block) {
        if (block >= places.length) {
            int before = places.length;
            places = Arrays.copyOf(places, Math.max(block + 1, 2 * before));
            Arrays.fill(places, before, places.length, NONE);
        }
        if (places[block] == NONE) {
            places[block] = used++;
        }
        return places[block];
    }
}
