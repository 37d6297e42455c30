package io.arkvale.experiments.policy.page;

/** Summaries of the filled pages of one KV head, from which a query scores them. */
public interface PageDigest {
    /**
     * Summarises the next page.
     *
     * @param keys {@code [tokens][headDim]}, after RoPE
     */
    void add(float[][] keys);

    /** Score of a page for one query, {@code [headDim]}; only its order among pages matters. */
    double score(float[] query, int page);

    /** Scores of pages for one query, which stays as it is while they are asked for: what they share is computed once. */
    default Scores scores(float[] query) {
        return page -> score(query, page);
    }

    /** Bytes of a page's summary. */
    long pageBytes();

    /** Scores of pages for one query. */
    @FunctionalInterface
    interface Scores {
        /** Score of a page. */
        double of(int page);
    }

    /** Makes the digests of a KV head. */
    @FunctionalInterface
    interface Kind {
        /** An empty one for keys of {@code headDim} elements. */
        PageDigest create(int headDim);
    }
}
