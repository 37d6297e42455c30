package io.arkvale.spi;

import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.RandomAccess;
import java.util.function.Supplier;

/**
 * A list whose items are filled again for the next call, so that a step allocates nothing. The core owns the lists that it
 * hands to a device; a device may have some of its own.
 *
 * @param <T> an item, which is filled in place
 */
public final class WorkList<T> extends AbstractList<T> implements RandomAccess {
    private final Supplier<T> maker;
    private final List<T> made = new ArrayList<>();
    private int size;

    /**
     * An empty list.
     *
     * @param maker makes an item, when there are more than ever before
     */
    public WorkList(Supplier<T> maker) {
        this.maker = maker;
    }

    /** Adds an item, which holds what it held before: the caller fills it. */
    public T next() {
        if (size == made.size()) {
            made.add(maker.get());
        }
        return made.get(size++);
    }

    @Override
    public T get(int index) {
        return made.get(Objects.checkIndex(index, size));
    }

    @Override
    public int size() {
        return size;
    }

    /** Forgets all items, which {@link #next} gives out again. */
    @Override
    public void clear() {
        size = 0;
    }
}
