package io.arkvale.experiments.trace;

import io.arkvale.llama.attention.AttentionShape;
import java.util.List;

/** The vectors that a trace has of each layer, one row per token. */
public enum TraceVectors {
    /** Queries, rotated, of the last context tokens and of the steps. */
    QUERIES("queries"),
    /** Queries before rotation, of the steps. */
    RAW_QUERIES("raw_queries"),
    /** Keys, rotated, of all tokens. */
    KEYS("keys"),
    /** Values of all tokens. */
    VALUES("values");

    private final String word;

    TraceVectors(String word) {
        this.word = word;
    }

    /** The tensor's name in the file. */
    String tensor(int layer) {
        return "layers." + layer + "." + word;
    }

    int rows(TraceHeader header) {
        return switch (this) {
            case QUERIES -> header.contextQueries() + header.steps();
            case RAW_QUERIES -> header.steps();
            case KEYS, VALUES -> header.tokens();
        };
    }

    private int heads(AttentionShape shape) {
        return switch (this) {
            case QUERIES, RAW_QUERIES -> shape.queryHeads();
            case KEYS, VALUES -> shape.kvHeads();
        };
    }

    /** Numbers of a row. */
    public int width(AttentionShape shape) {
        return Math.multiplyExact(heads(shape), shape.headDim());
    }

    /** Rows, heads and elements of a head. */
    List<Long> shape(TraceHeader header) {
        return List.of((long) rows(header), (long) heads(header), (long) header.headDim());
    }
}
