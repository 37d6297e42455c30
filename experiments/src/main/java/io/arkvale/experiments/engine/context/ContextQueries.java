package io.arkvale.experiments.engine.context;

import io.arkvale.experiments.trace.TraceHeader;

/** Queries of a context's last tokens, or of all of them, for policies that score the context by them. */
public interface ContextQueries {
    /** Last tokens whose queries are always there. */
    int LEAST = TraceHeader.LEAST_QUERIES;

    /** Number of the context's last tokens whose queries are there. */
    int known();

    /**
     * Copies the query of one of those tokens, rotated.
     *
     * @throws IllegalStateException if it is an earlier token's
     */
    void copy(int layer, int token, int queryHead, float[] target, int offset);
}
