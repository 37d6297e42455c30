package io.arkvale.conformance.cases;

/**
 * One action of a life. Numbers are taken modulo what there is to choose from, so that every list of actions means
 * something and can be shrunk freely.
 *
 * @param kind what is done
 * @param who which sequence, or a bit for each member of a batch
 * @param amount tokens, chunk sizes, settings or where to stop
 */
public record Action(Kind kind, int who, int amount) {
    /** Kinds of actions. */
    public enum Kind {
        /** A sequence begins. */
        BEGIN,
        /** One token each, one call a layer. */
        DECODE_FUSED,
        /** One token each, by the five steps. */
        DECODE_FIVE,
        /** One token each, with scores of the caller's own. */
        DECODE_OWN_SCORES,
        /** One token each, later layers prefetched. */
        DECODE_PREFETCHED,
        /** Several tokens each, attended to. */
        PREFILL,
        /** Several tokens each, stored only. */
        INGEST,
        /** One token each, by another route in every layer. */
        MIXED_ROUTES,
        /** A sequence is forked. */
        FORK,
        /** A sequence is closed. */
        CLOSE,
        /** A decode step is begun and closed without commit. */
        UNDO_DECODE,
        /** A prefill step is begun and closed without commit. */
        UNDO_PREFILL,
        /** Illegal calls, then a decode step. */
        MISUSE,
        /** A number that is not finite is fed to one member. */
        POISON,
        /** All copies in flight are waited for. */
        SYNCHRONIZE
    }

    @Override
    public String toString() {
        return kind + "(" + who + ", " + amount + ")";
    }
}
