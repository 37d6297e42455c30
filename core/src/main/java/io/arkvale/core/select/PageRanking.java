package io.arkvale.core.select;

import java.util.Arrays;

/**
 * Ranks candidate pages by score and finds the best or the worst few exactly, without sorting all of them. The order is
 * total: the higher score first, -0 equal to +0, NaN below negative infinity, ties to the lower page index.
 *
 * <p>A ranking owns its memory, is refilled for every selection and belongs to one thread at a time.
 */
public final class PageRanking {
    /** Ranges up to this length are sorted rather than split further. */
    private static final int SORTED_LENGTH = 24;

    /** Score and page in one number, so that comparing two numbers compares two candidates: the better is greater. */
    private long[] candidates;

    private int size;

    /**
     * An empty ranking.
     *
     * @param capacity the number of candidates to make room for; more can be added, at the price of growing
     */
    public PageRanking(int capacity) {
        candidates = new long[Math.max(1, capacity)];
    }

    /** Forgets all candidates. */
    public void clear() {
        size = 0;
    }

    /** Number of candidates. */
    public int size() {
        return size;
    }

    /** Adds a candidate; {@code page} is not negative and was not added before. */
    public void add(int page, float score) {
        if (size == candidates.length) {
            candidates = Arrays.copyOf(candidates, Math.multiplyExact(2, size));
        }
        candidates[size++] = ((long) sortable(score) << 32) | (~page & 0xffffffffL);
    }

    /** Writes the {@code count} best pages to {@code pages}, the best first. */
    public void best(int count, int[] pages) {
        requireCount(count);
        split(size - count);
        Arrays.sort(candidates, size - count, size);
        for (int i = 0; i < count; i++) {
            pages[i] = page(candidates[size - 1 - i]);
        }
    }

    /** Writes the {@code count} worst pages to {@code pages}, the worst first: the exact reverse of the order. */
    public void worst(int count, int[] pages) {
        requireCount(count);
        split(count);
        Arrays.sort(candidates, 0, count);
        for (int i = 0; i < count; i++) {
            pages[i] = page(candidates[i]);
        }
    }

    private void requireCount(int count) {
        if (count < 0 || count > size) {
            throw new IllegalArgumentException("count is " + count + " but must be from 0 to " + size);
        }
    }

    /** An integer whose order is the order of scores. */
    public static int sortable(float score) {
        if (Float.isNaN(score)) {
            return Integer.MIN_VALUE;
        }
        int bits = Float.floatToRawIntBits(score + 0.0f); // adding 0 makes -0 a +0
        return bits ^ ((bits >> 31) & 0x7fffffff);
    }

    private static int page(long candidate) {
        return ~(int) candidate;
    }

    /** Quickselect: reorders the candidates so that the {@code count} smallest come first. */
    private void split(int count) {
        int from = 0;
        int to = size;
        // Medians of three halve a range on average; when they fail to for long, sorting bounds the time.
        int patience = 2 * (32 - Integer.numberOfLeadingZeros(size));
        while (from < count && count < to) {
            if (to - from <= SORTED_LENGTH || patience-- == 0) {
                Arrays.sort(candidates, from, to);
                return;
            }
            int boundary = partition(from, to);
            if (count < boundary) {
                to = boundary;
            } else {
                from = boundary;
            }
        }
    }

    /** Splits a range of at least three into two that are not empty, none of the first above any of the second (Hoare). */
    private int partition(int from, int to) {
        long pivot = medianOfThree(candidates[from], candidates[(from + to) >>> 1], candidates[to - 1]);
        int low = from;
        int high = to - 1;
        while (true) {
            while (candidates[low] < pivot) {
                low++;
            }
            while (candidates[high] > pivot) {
                high--;
            }
            if (low >= high) {
                // The pivot lies in the range, is unique, and is not the smallest of it.
                return low;
            }
            long swapped = candidates[low];
            candidates[low++] = candidates[high];
            candidates[high--] = swapped;
        }
    }

    private static long medianOfThree(long a, long b, long c) {
        return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    }
}
