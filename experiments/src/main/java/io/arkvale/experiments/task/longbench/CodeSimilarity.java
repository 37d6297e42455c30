package io.arkvale.experiments.task.longbench;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How alike the first line of code that was said and the right one are; LongBench's {@code code_sim_score}, in hundredths.
 * The line is the first without {@code `}, {@code #} and {@code //}. The likeness is {@code fuzz.ratio} of the Python package
 * {@code fuzzywuzzy} as LongBench's requirements install it, without {@code python-Levenshtein}: that of Python's
 * {@code difflib} (Ratcliff and Metzener, 1988), twice the characters in matching blocks over all characters.
 */
final class CodeSimilarity implements Measure {
    /** From so many characters on, those that make up more than a hundredth of the second text begin no block. */
    private static final int LONG = 200;

    @Override
    public double score(String said, String answer, List<String> classes) {
        var line = Arrays.stream(PythonText.withoutLeadingLines(said).split("\n", -1))
                .filter(text -> !text.contains("`") && !text.contains("#") && !text.contains("//"))
                .findFirst()
                .orElse("");
        return ratio(line, answer) / 100.0;
    }

    /** {@code fuzz.ratio}: whole percent, halves to the even number. */
    static int ratio(String first, String second) {
        if (first.equals(second)) {
            return 100;
        }
        if (first.isEmpty() || second.isEmpty()) {
            return 0;
        }
        var a = first.codePoints().toArray();
        var b = second.codePoints().toArray();
        return (int) Math.rint(100 * (2.0 * matching(a, b) / (a.length + b.length)));
    }

    private record Part(int fromA, int toA, int fromB, int toB) {}

    private record Block(int a, int b, int size) {}

    /** Characters in matching blocks: the longest block, then the longest ones before and after it, and so on. */
    private static int matching(int[] a, int[] b) {
        var places = places(b);
        var parts = new ArrayDeque<>(List.of(new Part(0, a.length, 0, b.length)));
        int sum = 0;
        while (!parts.isEmpty()) {
            var part = parts.pop();
            var block = longest(a, b, part, places);
            if (block.size() > 0) {
                sum += block.size();
                parts.push(new Part(part.fromA(), block.a(), part.fromB(), block.b()));
                parts.push(new Part(block.a() + block.size(), part.toA(), block.b() + block.size(), part.toB()));
            }
        }
        return sum;
    }

    /** Where each character stands in the second text, ascending; without the frequent ones of a long text. */
    private static Map<Integer, List<Integer>> places(int[] b) {
        var places = new HashMap<Integer, List<Integer>>();
        for (int i = 0; i < b.length; i++) {
            places.computeIfAbsent(b[i], character -> new ArrayList<>()).add(i);
        }
        if (b.length >= LONG) {
            places.values().removeIf(own -> own.size() > b.length / 100 + 1);
        }
        return places;
    }

    /** The longest matching block of a part; of several the first in a, then the first in b. */
    private static Block longest(int[] a, int[] b, Part part, Map<Integer, List<Integer>> places) {
        int bestA = part.fromA();
        int bestB = part.fromB();
        int size = 0;
        // Lengths of the blocks that end at each place of b and at the last character of a; shifted by one.
        var lengths = new int[b.length + 1];
        for (int i = part.fromA(); i < part.toA(); i++) {
            var next = new int[b.length + 1];
            for (int j : places.getOrDefault(a[i], List.of())) {
                if (j >= part.fromB() && j < part.toB()) {
                    next[j + 1] = lengths[j] + 1;
                    if (next[j + 1] > size) {
                        size = next[j + 1];
                        bestA = i - size + 1;
                        bestB = j - size + 1;
                    }
                }
            }
            lengths = next;
        }
        while (bestA > part.fromA() && bestB > part.fromB() && a[bestA - 1] == b[bestB - 1]) {
            bestA--;
            bestB--;
            size++;
        }
        while (bestA + size < part.toA() && bestB + size < part.toB() && a[bestA + size] == b[bestB + size]) {
            size++;
        }
        return new Block(bestA, bestB, size);
    }
}
