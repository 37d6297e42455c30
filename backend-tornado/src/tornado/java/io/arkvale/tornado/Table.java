package io.arkvale.tornado;

import java.util.function.IntUnaryOperator;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * What one execution of a graph has to do, as integers that go to the device with it: a header, then items and lists. All
 * that changes from call to call stands here, since TornadoVM makes scalars part of the compiled kernel.
 */
final class Table {
    /** Header: number of items, and number of work groups that share them, of the first and of the second kernel. */
    static final int ITEMS = 0;

    static final int GROUPS = 1;
    static final int SECOND_ITEMS = 2;
    static final int SECOND_GROUPS = 3;

    /** Header: where the second kernel's items begin. */
    static final int SECOND_AT = 4;

    /** Header: the shape, in the order of {@link Shape#put}. */
    static final int HEAD_DIM = 5;

    static final int PAGE_SIZE = 6;
    static final int GROUP_HEADS = 7;

    /** Header: numbers from a page's keys to its values. */
    static final int VALUES = 8;

    /** Header: from a page's score to its rank. */
    static final int RANKS = 9;

    /** Where items begin. */
    static final int START = 16;

    final IntArray numbers;
    private final int[] second;
    private int size = START;
    private int secondSize;
    private int lists;
    private int items;
    private int secondItems;

    Table(int capacity) {
        numbers = new IntArray(capacity);
        second = new int[capacity];
    }

    int capacity() {
        return numbers.getSize();
    }

    void clear(Shape shape) {
        size = START;
        secondSize = 0;
        lists = numbers.getSize();
        items = 0;
        secondItems = 0;
        shape.put(this);
    }

    boolean isEmpty() {
        return items == 0 && secondItems == 0;
    }

    /** Whether so many more integers fit. */
    boolean fits(int more) {
        return size + secondSize + more <= lists;
    }

    void header(int index, int value) {
        numbers.set(index, value);
    }

    /** Adds an item of the first kernel; all have the same length. */
    void item(int... fields) {
        items++;
        for (int field : fields) {
            numbers.set(size++, field);
        }
    }

    /** Adds an item of the second kernel. */
    void secondItem(int... fields) {
        secondItems++;
        for (int field : fields) {
            second[secondSize++] = field;
        }
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
     * Closes the table: writes the counts, and puts the second kernel's items behind the first's.
     *
     * @param groups work groups that share so many items
     */
    void seal(IntUnaryOperator groups) {
        for (int i = 0; i < secondSize; i++) {
            numbers.set(size + i, second[i]);
        }
        header(ITEMS, items);
        header(GROUPS, groups.applyAsInt(items));
        header(SECOND_ITEMS, secondItems);
        header(SECOND_GROUPS, groups.applyAsInt(secondItems));
        header(SECOND_AT, size);
    }
}
