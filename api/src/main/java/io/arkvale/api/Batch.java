package io.arkvale.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The sequences of a step, in order, each with the tokens it grows by. Rows of the step's tensors follow this order.
 *
 * @param entries the members, at least one, no sequence twice
 */
public record Batch(List<Entry> entries) {

    /**
     * One member.
     *
     * @param sequence the sequence
     * @param tokens tokens it grows by, at least 1
     */
    public record Entry(Sequence sequence, int tokens) {
        /**
         * Checks the tokens.
         *
         * @throws InvalidArgumentException if {@code tokens} is below 1
         */
        public Entry {
            Checks.range("tokens", tokens, 1, Integer.MAX_VALUE);
        }
    }

    /**
     * Checks the members.
     *
     * @throws InvalidArgumentException if there is none, one is named twice, or their tokens exceed an {@code int}
     */
    public Batch {
        entries = List.copyOf(entries);
        Checks.range("sequences of a batch", entries.size(), 1, Integer.MAX_VALUE);
        var seen = Collections.newSetFromMap(new IdentityHashMap<Sequence, Boolean>());
        var rows = 0L;
        for (var entry : entries) {
            if (!seen.add(entry.sequence())) {
                throw new InvalidArgumentException("a batch names the same sequence twice; name each once");
            }
            rows += entry.tokens();
        }
        Checks.range("tokens of a batch", rows, 1, Integer.MAX_VALUE);
    }

    /** One token for each of the given sequences. */
    public static Batch decode(Sequence... sequences) {
        return decode(List.of(sequences));
    }

    /** One token for each of the given sequences. */
    public static Batch decode(List<? extends Sequence> sequences) {
        var entries = new ArrayList<Entry>(sequences.size());
        for (var sequence : sequences) {
            entries.add(new Entry(sequence, 1));
        }
        return new Batch(entries);
    }

    /** One sequence that grows by {@code tokens} tokens. */
    public static Batch of(Sequence sequence, int tokens) {
        return new Batch(List.of(new Entry(sequence, tokens)));
    }

    /** Sequences of the batch. */
    public int size() {
        return entries.size();
    }

    /** Tokens of all sequences together: the rows of a tensor that covers the whole batch. */
    public int rows() {
        var rows = 0;
        for (var entry : entries) {
            rows += entry.tokens();
        }
        return rows;
    }

    /** Tokens of each sequence, in order: the whole batch as one chunk. */
    public int[] tokens() {
        return entries.stream().mapToInt(Entry::tokens).toArray();
    }
}
