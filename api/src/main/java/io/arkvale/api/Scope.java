package io.arkvale.api;

/** Which pages take part in attention once a sequence is longer than its budget. */
public enum Scope {
    /** Sink, window and the best-ranked pages (the paper). */
    ATTENDED,
    /** Every resident page; the ranking only drives recall and eviction (the authors' code). */
    RESIDENT
}
