package io.arkvale.experiments.trace;

import io.arkvale.experiments.engine.context.ContextQueries;

/** The queries of a recorded context. */
record TracedQueries(Trace trace) implements ContextQueries {
    @Override
    public int known() {
        return trace.header().contextQueries();
    }

    @Override
    public void copy(int layer, int token, int queryHead, float[] target, int offset) {
        var tokens = trace.header().contextTokens();
        if (token < tokens - known() || token >= tokens) {
            throw new IllegalStateException("the query of token " + token + " of " + tokens + " is not in the trace");
        }
        trace.queries(layer).copyHead(token - (tokens - known()), queryHead, target, offset);
    }
}
