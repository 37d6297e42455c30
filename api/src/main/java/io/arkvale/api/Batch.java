package io.arkvale.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The sequences of a step, in order, each with the tokens it grows by and its role. Rows of the step's tensors follow
 * this order.
 *
 * <p>There are two kinds. In one, the step's calls say what happens, the same for all members, and every role is {@link
 * Role#BY_CALL}. In the other, each member has a role of its own, and {@link Step#forward} serves them all; {@link
 * #builder} makes such a batch.
 *
 * @param entries the members, at least one, no sequence twice
 */
public record Batch(List<Entry> entries) {

    /** What a member does in a step. */
    public enum Role {
        /** What the step's calls say: decode, prefill or ingest. */
        BY_CALL,
        /**
         * Its tokens attend causally within the budget: one token, or several drafted ones. Pages are selected once, with
         * the query of the first token.
         */
        DECODE,
        /** A chunk of a prompt that goes on in a later step: attends to everything before it, and evicts nothing. */
        PROMPT,
        /** The last chunk of a prompt: attends to everything before it, then evicts down to the budget. */
        LAST_PROMPT,
        /** As {@link #PROMPT}, but only stores: queries are not read and outputs not written. */
        INGEST,
        /** As {@link #LAST_PROMPT}, but only stores: of the queries the last one is read, and outputs are not written. */
        LAST_INGEST;

        /** Whether its tokens attend, so that their output is written. */
        public boolean attends() {
            return this == DECODE || this == PROMPT || this == LAST_PROMPT;
        }

        /** Whether its tokens belong to a prompt that goes on after the step. */
        public boolean leavesPromptOpen() {
            return this == PROMPT || this == INGEST;
        }
    }

    /**
     * One member.
     *
     * @param sequence the sequence
     * @param tokens tokens it grows by, at least 1
     * @param role what it does
     */
    public record Entry(Sequence sequence, int tokens, Role role) {
        /**
         * Checks the tokens.
         *
         * @throws InvalidArgumentException if {@code tokens} is below 1
         */
        public Entry {
            Checks.range("tokens", tokens, 1, Integer.MAX_VALUE);
        }

        /** A member that does what the step's calls say. */
        public Entry(Sequence sequence, int tokens) {
            this(sequence, tokens, Role.BY_CALL);
        }
    }

    /**
     * Checks the members.
     *
     * @throws InvalidArgumentException if there is none, one is named twice, their tokens exceed an {@code int}, or some
     *     have a role and others have none
     */
    public Batch {
        entries = List.copyOf(entries);
        Checks.range("sequences of a batch", entries.size(), 1, Integer.MAX_VALUE);
        var seen = Collections.newSetFromMap(new IdentityHashMap<Sequence, Boolean>());
        var rows = 0L;
        var named = entries.getFirst().role() != Role.BY_CALL;
        for (var entry : entries) {
            if (named != (entry.role() != Role.BY_CALL)) {
                throw new InvalidArgumentException(
                        "some members of the batch have a role and others have none; give every member one, or none");
            }
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

    /** Starts a batch whose members have roles. */
    public static Builder builder() {
        return new Builder();
    }

    /** Whether its members have roles, so that {@link Step#forward} serves them. */
    public boolean hasRoles() {
        return entries.getFirst().role() != Role.BY_CALL;
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
        var tokens = new int[entries.size()];
        for (int i = 0; i < tokens.length; i++) {
            tokens[i] = entries.get(i).tokens();
        }
        return tokens;
    }

    /** Collects members with roles, in order. */
    public static final class Builder {
        private final List<Entry> entries = new ArrayList<>();

        private Builder() {}

        /** Adds a sequence that decodes one token. */
        public Builder decode(Sequence sequence) {
            return draft(sequence, 1);
        }

        /**
         * Adds a sequence that decodes a token and the drafted ones after it.
         *
         * @param tokens all of them, at most {@link SequenceSpec#mostDrafted}
         */
        public Builder draft(Sequence sequence, int tokens) {
            return add(sequence, tokens, Role.DECODE);
        }

        /** Adds a chunk of a prompt that goes on in a later step. */
        public Builder prompt(Sequence sequence, int tokens) {
            return add(sequence, tokens, Role.PROMPT);
        }

        /** Adds the last chunk of a prompt, or the whole of one. */
        public Builder lastPrompt(Sequence sequence, int tokens) {
            return add(sequence, tokens, Role.LAST_PROMPT);
        }

        /** Adds a member. */
        public Builder add(Sequence sequence, int tokens, Role role) {
            entries.add(new Entry(sequence, tokens, role));
            return this;
        }

        /**
         * The batch.
         *
         * @throws InvalidArgumentException as its constructor does
         */
        public Batch build() {
            return new Batch(entries);
        }
    }
}
