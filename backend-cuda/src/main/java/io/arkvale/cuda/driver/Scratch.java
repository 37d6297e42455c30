package io.arkvale.cuda.driver;

import org.jspecify.annotations.Nullable;

/** Device memory that grows to the largest size asked for and is not kept in between. */
public final class Scratch {
    private final Memory memory;
    private Memory.@Nullable OnDevice block;

    public Scratch(Memory memory) {
        this.memory = memory;
    }

    /**
     * Its address, with room for at least so many bytes; what it held is lost if it has to grow.
     *
     * @throws io.arkvale.api.CapacityException if there is not enough memory; it then is as it was
     */
    public Memory.OnDevice atLeast(long bytes) {
        var current = block;
        if (current != null && current.bytes >= bytes) {
            return current;
        }
        var grown = memory.allocate(current == null ? bytes : Math.max(bytes, current.bytes / 2 * 3));
        if (current != null) {
            current.close();
        }
        block = grown;
        return grown;
    }
}
