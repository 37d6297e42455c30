package io.arkvale.cpu;

import io.arkvale.api.Digest.Shape;

/** What a query weighs extents with: the norm of its part in each extent's space. */
final class ExtentWeights {
    private ExtentWeights() {}

    /**
     * The weights.
     *
     * @param queries {@code [queryHeads][headDim]} from index {@code at}
     * @param weights {@code [queryHeads][extents]}, written
     */
    static void of(Shape shape, float[] queries, int at, int queryHeads, int headDim, float[] weights) {
        int extents = shape.extents(headDim);
        for (int head = 0; head < queryHeads; head++) {
            int query = at + head * headDim;
            for (int i = 0; i < extents; i++) {
                weights[head * extents + i] = switch (shape) {
                    case CUBOID -> Math.abs(queries[query + i]);
                    case DISC -> norm(queries, query + i, extents, 2);
                    case SPHERE -> norm(queries, query, 1, headDim);
                    case POINT -> 0;
                };
            }
        }
    }

    /** In float64, in which squares of float32 neither overflow nor vanish. */
    private static float norm(float[] numbers, int at, int step, int count) {
        double squares = 0;
        for (int i = 0; i < count; i++) {
            double number = numbers[at + i * step];
            squares += number * number;
        }
        return (float) Math.sqrt(squares);
    }
}
