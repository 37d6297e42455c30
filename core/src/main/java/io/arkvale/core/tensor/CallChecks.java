package io.arkvale.core.tensor;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.ElementType;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Tensor;
import java.lang.foreign.MemorySegment;

/** Checks of what a call brings. Each raises {@link InvalidArgumentException}, which names the value and what is allowed. */
public final class CallChecks {
    private CallChecks() {}

    /** An index of something of which there are {@code count}: a layer, a head group, a head, a page. */
    public static void index(String name, int value, int count) {
        if (value < 0 || value >= count) {
            throw new InvalidArgumentException(name + " is " + value + "; allowed: 0 to " + (count - 1));
        }
    }

    /** The settings of a sequence that begins in a cache. */
    public static void settings(SequenceSpec sequence, CacheSpec cache) {
        if (sequence.denseLayers() > cache.layers()) {
            throw new InvalidArgumentException(
                    "denseLayers is " + sequence.denseLayers() + "; allowed: 0 to " + cache.layers());
        }
    }

    /** The length of a sequence that is to grow. */
    public static void growth(int length, int tokens) {
        if (length > Integer.MAX_VALUE - tokens) {
            throw new InvalidArgumentException("the sequence would have " + ((long) length + tokens)
                    + " tokens; allowed: up to " + Integer.MAX_VALUE);
        }
    }

    /** The shape of a tensor that is to be allocated. */
    public static void shape(int rows, int heads, int width) {
        if (rows < 1 || heads < 1 || width < 1) {
            throw new InvalidArgumentException(
                    "the shape is [" + rows + ", " + heads + ", " + width + "]; allowed: each at least 1");
        }
    }

    /** A tensor that a call brings, of exactly this shape or with more rows. */
    public static void tensor(String name, Tensor tensor, ElementType type, int rows, int heads, int width) {
        if (tensor.elementType() != type
                || tensor.rows() < rows
                || tensor.heads() != heads
                || tensor.width() != width) {
            throw new InvalidArgumentException(name + " is " + tensor.elementType() + " [" + tensor.rows() + ", "
                    + tensor.heads() + ", " + tensor.width() + "]; allowed: " + type + " [at least " + rows + ", "
                    + heads + ", " + width + "]");
        }
    }

    /** Memory of the caller that is read or written from its start. */
    public static void room(String name, MemorySegment memory, long bytes) {
        if (memory.byteSize() < bytes) {
            throw new InvalidArgumentException(
                    name + " has " + memory.byteSize() + " bytes; allowed: at least " + bytes);
        }
    }
}
