package io.arkvale.kernels.coded;

import java.lang.foreign.MemorySegment;

/**
 * Scores of a block of coded digests for the query heads of one KV head: of each page the largest of its parts'
 * {@code q . centre + weights . extents}, as {@link CodeReader} reads them. The score of query head g and page i goes to
 * index {@code at + g * row + i}.
 */
public interface CodedScoreKernel {
    /** Pages of a block: a multiple of any machine's vector. */
    int PAGES = 64;

    /** Page by page, in plain loops. */
    static CodedScoreKernel scalar(CodedShape shape, int queryHeads) {
        return new ScalarCodedScore(shape, queryHeads);
    }

    /** As many pages at a time as a vector has lanes. */
    static CodedScoreKernel vector(CodedShape shape, int queryHeads) {
        return new VectorCodedScore(shape, queryHeads);
    }

    /**
     * Takes the queries for the calls that follow.
     *
     * @param queries {@code [queryHeads][headDim]} from index {@code at}
     * @param weights of the extents, {@code [queryHeads][extents]}, at least 0
     */
    void queries(float[] queries, int at, float[] weights);

    /**
     * Scores the first pages of a block.
     *
     * @param block {@code [words][}{@link #PAGES}{@code ]} from byte {@code offset}
     * @param pages from 0 to {@link #PAGES}
     */
    void score(MemorySegment block, long offset, int pages, float[] scores, int at, int row);
}
