package io.arkvale.experiments.policy.recall;

import java.util.Comparator;
import java.util.stream.IntStream;

/** Eigenvectors of symmetric matrices, by Jacobi's rotations (Golub and Van Loan, "Matrix Computations", section 8.5). */
final class Eigenvectors {
    private static final int MOST_SWEEPS = 60;
    /** Elements off the diagonal this small, relative to the whole, change no float32 result. */
    private static final double SMALL = 1e-12;

    private Eigenvectors() {}

    /**
     * The eigenvectors of the largest eigenvalues, largest first, each of length 1.
     *
     * @param matrix symmetric; is destroyed
     */
    static double[][] largest(double[][] matrix, int count) {
        var size = matrix.length;
        var vectors = new double[size][size];
        for (int i = 0; i < size; i++) {
            vectors[i][i] = 1;
        }
        for (int sweep = 0; sweep < MOST_SWEEPS && !isDiagonal(matrix); sweep++) {
            for (int p = 0; p < size - 1; p++) {
                for (int q = p + 1; q < size; q++) {
                    rotate(matrix, vectors, p, q);
                }
            }
        }
        return IntStream.range(0, size)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -matrix[i][i]))
                .limit(count)
                .map(i -> vectors[i])
                .toArray(double[][]::new);
    }

    private static boolean isDiagonal(double[][] matrix) {
        var off = 0.0;
        var all = 0.0;
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < matrix.length; j++) {
                var square = matrix[i][j] * matrix[i][j];
                all += square;
                off += i == j ? 0 : square;
            }
        }
        return off <= SMALL * SMALL * all;
    }

    /** Turns the plane of two axes so that their element off the diagonal becomes 0; vectors stand in rows. */
    private static void rotate(double[][] matrix, double[][] vectors, int p, int q) {
        if (matrix[p][q] == 0) {
            return;
        }
        var theta = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q]);
        var tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        var cosine = 1 / Math.sqrt(tangent * tangent + 1);
        var sine = tangent * cosine;
        for (var row : matrix) {
            var first = row[p];
            var second = row[q];
            row[p] = cosine * first - sine * second;
            row[q] = sine * first + cosine * second;
        }
        turnRows(matrix, p, q, cosine, sine);
        turnRows(vectors, p, q, cosine, sine);
    }

    private static void turnRows(double[][] rows, int p, int q, double cosine, double sine) {
        for (int i = 0; i < rows.length; i++) {
            var first = rows[p][i];
            var second = rows[q][i];
            rows[p][i] = cosine * first - sine * second;
            rows[q][i] = sine * first + cosine * second;
        }
    }
}
