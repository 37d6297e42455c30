package io.arkvale.core.tensor;

import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.ElementType;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.LayerBudget;
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
        sequence.requirePageSize(cache.pageSize());
        if (sequence.denseLayers() > cache.layers()) {
            throw new InvalidArgumentException(
                    "denseLayers is " + sequence.denseLayers() + "; allowed: 0 to " + cache.layers());
        }
        for (var budget : sequence.layerBudgets()) {
            index("layer of a layer's budget", budget.layer(), cache.layers());
            if (budget.group() != LayerBudget.ALL_GROUPS) {
                index("group of a layer's budget", budget.group(), cache.headGroups());
            }
            if (budget.isLimited() && cache.hasWindow(budget.layer())) {
                throw new InvalidArgumentException("layer " + budget.layer() + " has a budget of "
                        + budget.budgetPages() + " pages; allowed: none, since it has a window of "
                        + cache.window(budget.layer()) + " tokens, and keeps these alone");
            }
        }
    }

    /** The digest of a sequence that begins in a cache, once it is known to be supported. */
    public static void digest(SequenceSpec sequence, CacheSpec cache) {
        if (sequence.isLimited()) {
            sequence.digest().requireFits(cache.pageSize(), cache.headDim());
        }
    }

    /** The length of a sequence that is to grow. */
    public static void growth(int length, int tokens) {
        if (length > Integer.MAX_VALUE - tokens) {
            throw new InvalidArgumentException("the sequence would have " + ((long) length + tokens)
                    + " tokens; allowed: up to " + Integer.MAX_VALUE);
        }
    }

    /**
     * The length at which a sequence is forked or cut.
     *
     * @param least above 0 if tokens have left the window of a layer, and would be in it again at a lesser length
     */
    public static void length(int length, long least, int most) {
        if (length < least || length > most) {
            var why = least == 0 ? "" : ": at fewer tokens the window of a layer holds some that it has given up";
            throw new InvalidArgumentException(
                    "length is " + length + "; allowed: " + least + " to the sequence's " + most + why);
        }
    }

    /** The tokens of a member that decodes: their pages must be in the window. */
    public static void draft(Batch.Entry entry, SequenceSpec sequence, CacheSpec cache) {
        int most = sequence.mostDrafted(cache.pageSize());
        if (entry.role() == Batch.Role.DECODE && entry.tokens() > most) {
            throw new InvalidArgumentException("a sequence decodes " + entry.tokens() + " tokens; allowed: 1 to " + most
                    + ", so that they lie within its window of " + sequence.windowPages() + " pages");
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
