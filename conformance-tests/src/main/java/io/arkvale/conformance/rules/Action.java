package io.arkvale.conformance.rules;

/**
 * One action of a life. Numbers are taken modulo what there is to choose from, so that every list of actions means
 * something and can be shrunk freely.
 *
 * @param kind what is done
 * @param who which sequence, or a bit for each member of a batch
 * @param amount tokens, chunk sizes, settings or where to stop
 */
record Action(Kind kind, int who, int amount) {
    /** Kinds of actions. */
    enum Kind {
        BEGIN,
        DECODE_FUSED,
        DECODE_FIVE,
        DECODE_OWN_SCORES,
        DECODE_PREFETCHED,
        PREFILL,
        INGEST,
        MIXED_ROUTES,
        FORK,
        CLOSE,
        UNDO_DECODE,
        UNDO_PREFILL,
        MISUSE,
        POISON,
        SYNCHRONIZE
    }

    @Override
    public String toString() {
        return kind + "(" + who + ", " + amount + ")";
    }
}
