package io.arkvale.tornado;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
 * <p>Kernels name a section by a constant: there in the header stand the number of its shares, the number of work groups that
 * do them, where its items begin, and how many shares an item has.
 */
final class Table {
    static final int CLEAR = 0;
    static final int PUT = 4;
    static final int APPEND = 8;
    static final int DIGEST = 12;
    static final int GATHER = 16;
    static final int SCORE = 20;
    static final int RANK = 24;
    static final int CHOOSE = 28;
    static final int ATTEND = 32;
    static final int MERGE = 36;
    static final int COPY = 40;
    static final int LOOK = 44;

    /** Header: the shape, in the order of {@link Shape#put}. */
    static final int HEAD_DIM = 48;

    static final int PAGE_SIZE = 49;
    static final int GROUP_HEADS = 50;

    /** Header: query heads per KV head. */
    static final int QUERY_HEADS = 51;

    /** Header: elements from a page's keys to its values. */
    static final int VALUES = 52;

    /** Header: how {@link Stored} takes elements apart. */
    static final int SHIFT = 53;

    static final int SCALES = 54;

    /** Header: elements of each array to clear. */
    static final int MEMORY_LENGTH = 55;

    static final int PAGES_LENGTH = 56;
    static final int NARROW_LENGTH = 57;

    /** Header: the attention scale as {@link AttentionScale} takes it apart. */
    static final int SIGNIFICAND = 58;

    static final int HALVINGS = 59;
    static final int DOUBLINGS = 60;

    /** Where items begin. */
    static final int START = 64;

    /** What goes to the device. */
    final IntArray numbers;

    /** Where it is put together. */
    private final int[] staged;

    private final Map<Section, Items> sections = new EnumMap<>(Section.class);
    private final Set<Section> used = EnumSet.noneOf(Section.class);
    private int size = START;
    private int lists;

    /** Items of a section until they are put in place. */
    private static final class Items {
        private int[] fields = new int[64];
        private int size;
        private int count;
        private int shares = 1;

        private void add(int[] item) {
            if (size + item.length > fields.length) {
                fields = Arrays.copyOf(fields, 2 * fields.length);
            }
            System.arraycopy(item, 0, fields, size, item.length);
            size += item.length;
            count++;
        }
    }

    Table(IntArray numbers) {
        this.numbers = numbers;
        int capacity = numbers.getSize();
        staged = new int[capacity];
        for (var section : Section.values()) {
            sections.put(section, new Items());
        }
        lists = capacity;
    }

    int capacity() {
        return staged.length;
    }

    /** Empties it for items of a shape. */
    void clear(Shape shape) {
        clear();
        shape.put(this);
        sections.forEach((section, items) -> items.shares = shape.shares(section));
    }

    void clear() {
        for (var items : sections.values()) {
            items.size = 0;
            items.count = 0;
        }
        used.clear();
        size = START;
        lists = staged.length;
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
        staged[index] = value;
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
        int at = takeList(count);
        for (int i = 0; i < count; i++) {
            staged[at + i] = values.applyAsInt(i);
        }
        return at;
    }

    /** Takes room for a list, for {@link #set}; returns where it begins. */
    int takeList(int count) {
        lists -= count;
        return lists;
    }

    /** Sets an integer of a list. */
    void set(int at, int value) {
        staged[at] = value;
    }

    /** Adds elements of 16 bits, from one on, two per integer; returns where they begin. */
    int bits(MemorySegment elements, long first, int count) {
        int at = takeList(Math.ceilDiv(count, 2));
        MemorySegment.copy(
                elements,
                first * Short.BYTES,
                MemorySegment.ofArray(staged),
                (long) at * Integer.BYTES,
                (long) count * Short.BYTES);
        return at;
    }

    /**
     * Closes the table: puts the sections one behind the other, and writes the header.
     *
     * @param groups work groups that do so many shares
     */
    void seal(IntUnaryOperator groups) {
        int at = START;
        for (var section : Section.values()) {
            var items = items(section);
            int shares = items.count * items.shares;
            header(section.header, shares);
            header(section.header + 1, groups.applyAsInt(shares));
            header(section.header + 2, at);
            header(section.header + 3, items.shares);
            System.arraycopy(items.fields, 0, staged, at, items.size);
            at += items.size;
        }
        send(0, at);
        send(lists, staged.length - lists);
    }

    private void send(int from, int count) {
        MemorySegment.copy(
                staged, from, numbers.getSegment(), ValueLayout.JAVA_INT, (long) from * Integer.BYTES, count);
    }

    /** Work groups that do a section's shares, once the table is closed. */
    int groups(Section section) {
        return staged[section.header + 1];
    }
}
