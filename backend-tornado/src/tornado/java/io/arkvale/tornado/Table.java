package io.arkvale.tornado;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * What one execution of a graph has to do, as integers that go to the device with it: a header, then the items of each
 * {@link Section}, and lists at the end. All that changes from call to call stands here, since TornadoVM makes scalars part
 * of the compiled kernel.
 *
 * <p>Kernels name a section by a constant: there in the header stand the number of its items, the number of work groups that
 * share them, and where they begin.
 */
final class Table {
    static final int CLEAR = 0;
    static final int PUT = 3;
    static final int APPEND = 6;
    static final int DIGEST = 9;
    static final int GATHER = 12;
    static final int SCORE = 15;
    static final int RANK = 18;
    static final int CHOOSE = 21;
    static final int ATTEND = 24;
    static final int MERGE = 27;

    static final int COPY = 30;
    static final int LOOK = 33;

    /** Header: the shape, in the order of {@link Shape#put}. */
    static final int HEAD_DIM = 36;

    static final int PAGE_SIZE = 37;
    static final int GROUP_HEADS = 38;

    /** Header: elements from a page's keys to its values. */
    static final int VALUES = 39;

    /** Header: how {@link Stored} takes elements apart. */
    static final int SHIFT = 40;

    static final int SCALES = 41;

    /** Header: elements of each array to clear. */
    static final int MEMORY_LENGTH = 42;

    static final int PAGES_LENGTH = 43;
    static final int NARROW_LENGTH = 44;

    /** Where items begin. */
    static final int START = 48;

    final IntArray numbers;
    private final Map<Section, Items> sections = new EnumMap<>(Section.class);
    private final Set<Section> used = EnumSet.noneOf(Section.class);
    private int size = START;
    private int lists;

    /** Items of a section until they are put in place. */
    private static final class Items {
        private int[] fields = new int[64];
        private int size;
        private int count;

        private void add(int[] item) {
            if (size + item.length > fields.length) {
                fields = Arrays.copyOf(fields, 2 * fields.length);
            }
            System.arraycopy(item, 0, fields, size, item.length);
            size += item.length;
            count++;
        }
    }

    Table(int capacity) {
        numbers = new IntArray(capacity);
        for (var section : Section.values()) {
            sections.put(section, new Items());
        }
        lists = capacity;
    }

    int capacity() {
        return numbers.getSize();
    }

    /** Empties it for items of a shape. */
    void clear(Shape shape) {
        clear();
        shape.put(this);
    }

    void clear() {
        for (var items : sections.values()) {
            items.size = 0;
            items.count = 0;
        }
        used.clear();
        size = START;
        lists = numbers.getSize();
    }

    /** Sections that have items. */
    Set<Section> used() {
        return used;
    }

    /** Whether so many more integers fit. */
    boolean fits(long more) {
        return size + more <= lists;
    }

    void header(int index, int value) {
        numbers.set(index, value);
    }

    /** Items of a section. */
    int count(Section section) {
        return items(section).count;
    }

    private Items items(Section section) {
        var items = sections.get(section);
        if (items == null) {
            throw new IllegalStateException("no section " + section);
        }
        return items;
    }

    /** Adds an item. */
    void item(Section section, int... fields) {
        if (fields.length != section.fields) {
            throw new IllegalArgumentException(section + " has items of " + section.fields + " fields");
        }
        items(section).add(fields);
        used.add(section);
        size += fields.length;
    }

    /** Adds a list of integers for items to refer to, from the end downward; returns where it begins. */
    int list(int count, IntUnaryOperator values) {
        lists -= count;
        for (int i = 0; i < count; i++) {
            numbers.set(lists + i, values.applyAsInt(i));
        }
        return lists;
    }

    /**
     * Closes the table: puts the sections one behind the other, and writes the header.
     *
     * @param groups work groups that share so many items
     */
    void seal(IntUnaryOperator groups) {
        int at = START;
        for (var section : Section.values()) {
            var items = items(section);
            int header = section.header;
            header(header, items.count);
            header(header + 1, groups.applyAsInt(items.count));
            header(header + 2, at);
            for (int i = 0; i < items.size; i++) {
                numbers.set(at++, items.fields[i]);
            }
        }
    }

    /** Work groups that share a section's items, once the table is closed. */
    int groups(Section section) {
        return numbers.get(section.header + 1);
    }
}
