package io.arkvale.conformance.cases;

import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;

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
        /** One token each, in steps that are not waited for until the last. */
        DECODE_ASYNC,
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
        /** Each member by a role of its own: decode, a draft, a chunk of a prompt that ends or goes on, attended to or not. */
        MIXED_ROLES,
        /** Drafts, of which a part is kept. */
        DRAFT,
        /** A step whose members have roles is begun and closed without commit. */
        UNDO_ROLES,
        /** The last tokens of a sequence are taken away. */
        TRUNCATE,
        /** A sequence is forked at a length, with other settings. */
        FORK_AT,
        /** Other sequences begin, fork, are truncated and close while a step is open. */
        OTHERS,
        /** All copies in flight are waited for. */
        SYNCHRONIZE;

        /** This kind, or a plain one if the backend does not declare what this one needs. */
        public Kind on(Capabilities capabilities) {
            return switch (this) {
                case MIXED_ROLES, DRAFT -> capabilities.supports(Feature.MIXED_STEPS) ? this : DECODE_FUSED;
                case UNDO_ROLES -> capabilities.supports(Feature.MIXED_STEPS) ? this : UNDO_DECODE;
                case TRUNCATE -> capabilities.supports(Feature.TRUNCATION) ? this : SYNCHRONIZE;
                case FORK_AT -> capabilities.supports(Feature.FORK_SETTINGS) ? this : FORK;
                case OTHERS -> capabilities.supports(Feature.BESIDE_STEPS) ? this : DECODE_FUSED;
                default -> this;
            };
        }
    }

    @Override
    public String toString() {
        return kind + "(" + who + ", " + amount + ")";
    }
}
