package io.arkvale.serving;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Texts by their beginnings: a radix tree, whose edges are runs of tokens. A node lives as long as a text goes through it.
 *
 * @param <H> who has a text
 */
final class PrefixTree<H> {

    private final Node<H> root = new Node<>(new int[0]);

    private static final class Node<H> {
        int[] run;
        Map<Integer, Node<H>> children = new HashMap<>();
        Set<H> ends = new HashSet<>();

        Node(int[] run) {
            this.run = run;
        }
    }

    /**
     * What a text begins like.
     *
     * @param length tokens that it has in common with the texts of the holders
     * @param holders all whose texts have as many in common
     */
    record Match<H>(int length, List<H> holders) {}

    /** Adds the first {@code length} tokens as the text of a holder. */
    void add(int[] text, int length, H holder) {
        var node = root;
        int at = 0;
        while (at < length) {
            var child = node.children.get(text[at]);
            if (child == null) {
                child = new Node<>(Arrays.copyOfRange(text, at, length));
                node.children.put(text[at], child);
            }
            int common = common(child.run, text, at, length);
            if (common < child.run.length) {
                split(child, common);
            }
            at += common;
            node = child;
        }
        node.ends.add(holder);
    }

    /** Takes a holder's text away, which was added with the same tokens. */
    void remove(int[] text, int length, H holder) {
        var path = new ArrayList<Node<H>>(List.of(root));
        int at = 0;
        while (at < length) {
            var child = path.getLast().children.get(text[at]);
            if (child == null) {
                throw new IllegalStateException("the text is not in the tree");
            }
            path.add(child);
            at += child.run.length;
        }
        if (!path.getLast().ends.remove(holder)) {
            throw new IllegalStateException("the text has another holder");
        }
        for (int i = path.size() - 1; i > 0; i--) {
            var node = path.get(i);
            if (!node.ends.isEmpty() || node.children.size() > 1) {
                return;
            }
            if (node.children.isEmpty()) {
                path.get(i - 1).children.remove(node.run[0]);
            } else {
                join(node);
            }
        }
    }

    /** The longest beginning of the first {@code length} tokens that some text has, and who has it. */
    Match<H> find(int[] text, int length) {
        var node = root;
        int at = 0;
        while (at < length) {
            var child = node.children.get(text[at]);
            if (child == null) {
                break;
            }
            int common = common(child.run, text, at, length);
            at += common;
            node = child;
            if (common < child.run.length) {
                break;
            }
        }
        var holders = new ArrayList<H>();
        collect(node, holders);
        return new Match<>(at, holders);
    }

    /** Whether no text is left. */
    boolean isEmpty() {
        return root.children.isEmpty() && root.ends.isEmpty();
    }

    private static int common(int[] run, int[] text, int at, int length) {
        int end = Math.min(length, at + run.length);
        int mismatch = Arrays.mismatch(run, 0, end - at, text, at, end);
        return mismatch < 0 ? end - at : mismatch;
    }

    /** Cuts a node's run in two: it keeps the first part, and a new child has the rest. */
    private static <H> void split(Node<H> node, int length) {
        var rest = new Node<H>(Arrays.copyOfRange(node.run, length, node.run.length));
        rest.children = node.children;
        rest.ends = node.ends;
        node.run = Arrays.copyOf(node.run, length);
        node.children = new HashMap<>(Map.of(rest.run[0], rest));
        node.ends = new HashSet<>();
    }

    /** Makes one node of a node and its only child. */
    private static <H> void join(Node<H> node) {
        var child = node.children.values().iterator().next();
        var run = Arrays.copyOf(node.run, node.run.length + child.run.length);
        System.arraycopy(child.run, 0, run, node.run.length, child.run.length);
        node.run = run;
        node.children = child.children;
        node.ends = child.ends;
    }

    private static <H> void collect(Node<H> node, List<H> holders) {
        holders.addAll(node.ends);
        node.children.values().forEach(child -> collect(child, holders));
    }
}
