package io.arkvale.kernels.coded;

import io.arkvale.kernels.primitive.Shapes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Scores page by page. */
final class ScalarCodedScore implements CodedScoreKernel {
    private final CodedShape shape;
    private final int queryHeads;
    private final CodeReader reader;
    private final int[] words;
    private final float[] numbers;
    /** {@code [queryHeads][headDim + extents]}: each query, then its extents' weights. */
    private final float[] factors;

    ScalarCodedScore(CodedShape shape, int queryHeads) {
        this.shape = shape;
        this.queryHeads = Shapes.atLeastOne("queryHeads", queryHeads);
        reader = new CodeReader(shape);
        words = new int[shape.words()];
        numbers = new float[shape.numbers()];
        factors = new float[Math.multiplyExact(queryHeads, shape.headDim() + shape.extents())];
    }

    @Override
    public void queries(float[] queries, int at, float[] weights) {
        interleave(shape, queryHeads, queries, at, weights, factors);
    }

    static void interleave(
            CodedShape shape, int queryHeads, float[] queries, int at, float[] weights, float[] factors) {
        int width = shape.headDim();
        int length = width + shape.extents();
        for (int head = 0; head < queryHeads; head++) {
            System.arraycopy(queries, at + head * width, factors, head * length, width);
            System.arraycopy(weights, head * shape.extents(), factors, head * length + width, shape.extents());
        }
    }

    @Override
    public void score(MemorySegment block, long offset, int pages, float[] scores, int at, int row) {
        Shapes.between("pages", pages, 0, PAGES);
        int length = shape.headDim() + shape.extents();
        for (int page = 0; page < pages; page++) {
            for (int word = 0; word < words.length; word++) {
                long index = (long) word * PAGES + page;
                words[word] = block.get(ValueLayout.JAVA_INT_UNALIGNED, offset + index * Integer.BYTES);
            }
            reader.read(words, numbers);
            for (int head = 0; head < queryHeads; head++) {
                float best = Float.NEGATIVE_INFINITY;
                for (int part = 0; part < shape.parts(); part++) {
                    float score = 0;
                    for (int i = 0; i < length; i++) {
                        score += factors[head * length + i] * numbers[part * length + i];
                    }
                    best = Math.max(best, score);
                }
                scores[at + head * row + page] = best;
            }
        }
    }
}
