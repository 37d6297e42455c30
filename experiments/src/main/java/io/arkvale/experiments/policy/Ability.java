package io.arkvale.experiments.policy;

import java.util.Locale;

/** What a policy does, and what it needs to see. Reports print it; the engine refuses what is not declared. */
public enum Ability {
    /** Drops tokens from the device. Without {@link #RECALLS} they are gone for good. */
    EVICTS,
    /** Brings tokens back that left the device. */
    RECALLS,
    /** Attends to a choice of the tokens it holds. */
    CHOOSES,
    /** Reads the current token's queries. */
    QUERIES,
    /** Reads keys. */
    KEYS,
    /** Reads values. */
    VALUES,
    /** Reads the text itself. */
    TEXT,
    /** Reads the exact score of every token, evicted or not: for bounds, since no real system can. */
    EXACT_SCORES,
    /** Reads the attention probabilities of each step. */
    PROBABILITIES,
    /** Reads the attention probabilities of the context's last token. */
    LAST_ROW,
    /** Reads attention probabilities of several of the context's last tokens. */
    PREFILL_SCORES,
    /** Reads attention probabilities of all of the context's tokens. */
    ALL_ROWS,
    /** Reads the queries of all of the context's tokens. */
    ALL_QUERIES,
    /** Divides its budget among all limited layers and their KV heads at once. */
    ALL_LAYERS,
    /** Reads the attention that the context gets while the model repeats it: passes of the model after prefill. */
    REPETITION,
    /** Reads what an answer loses if one KV head sees only the first and the last tokens: measured once per model. */
    HEAD_LOSSES,
    /** Keeps what is decoded on top of the budget. */
    GROWS,
    /** Decides itself how much it keeps, whatever the budget. */
    UNBUDGETED,
    /** Stores keys or values as something near to them, which takes less memory. */
    QUANTISES,
    /** Adds estimates in place of tokens that do not take part. */
    ESTIMATES,
    /** Attends at distances other than those of the text. */
    POSITIONS;

    /** Its name in reports. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
