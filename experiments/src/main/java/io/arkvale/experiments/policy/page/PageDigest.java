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

    /** Bytes of a page's summary. */
    long pageBytes();

    /** Makes the digests of a KV head. */
    @FunctionalInterface
    interface Kind {
        /** An empty one for keys of {@code headDim} elements. */
        PageDigest create(int headDim);
    }
}
