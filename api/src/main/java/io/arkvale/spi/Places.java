package io.arkvale.spi;

import java.lang.foreign.MemorySegment;

/** Where the pages of an {@link Attention} lie; valid while the call lasts. */
public interface Places {
    /** How many pages. */
    int count();

    /** The slot of the page with an index, or −1 if it is evicted and {@link #backup} has it. */
    int slot(int index);

    /** The backup of an evicted page: the bytes of a slot, in host memory, with {@link Storage#readBeyond} bytes behind; at any alignment. */
    MemorySegment backup(int index);
}
