package io.arkvale.conformance.oracle;

import static io.arkvale.conformance.oracle.Rounding.UNDERFLOW;
import static io.arkvale.conformance.oracle.Rounding.gamma;

import io.arkvale.api.Digest;
import io.arkvale.api.ElementType;
import io.arkvale.conformance.data.Elements;

/** The digest of a filled page by its definition, in the layout of {@code CacheView.digest} (rule 303). */
public final class OracleDigest {
    private OracleDigest() {}

    /** Digest of one KV head of a page, with rule 303's bounds. */
    public static Bounded of(Digest digest, OraclePage page, int kvHead, int headDim, ElementType type) {
        var keys = new double[page.tokens()][headDim];
        for (var token = 0; token < keys.length; token++) {
            for (var i = 0; i < headDim; i++) {
                keys[token][i] = page.key(token)[kvHead * headDim + i];
            }
        }
        return switch (digest.shape()) {
            case CUBOID -> cuboid(digest, keys, headDim, type);
            case SPHERE -> sphere(digest, keys, headDim, type);
            case POINT -> point(keys, headDim, type);
        };
    }

    private static Bounded cuboid(Digest digest, double[][] keys, int headDim, ElementType type) {
        var result = Bounded.zeros(2 * headDim);
        for (var i = 0; i < headDim; i++) {
            var column = column(keys, i);
            var centre = (least(column) + most(column)) / 2;
            var distances = new double[column.length];
            for (var j = 0; j < column.length; j++) {
                distances[j] = Math.abs(column[j] - centre);
            }
            var reach = switch (digest) {
                case CUBOID_MAX -> most(distances);
                case CUBOID_CENTER -> (least(distances) + most(distances)) / 2;
                default -> mean(distances);
            };
            if (digest == Digest.CUBOID_MAX) {
                result.exact()[i] = most(column);
                result.exact()[headDim + i] = least(column);
            } else {
                put(result, i, centre + reach, column, type);
                put(result, headDim + i, centre - reach, column, type);
            }
        }
        return result;
    }

    private static Bounded sphere(Digest digest, double[][] keys, int headDim, ElementType type) {
        var result = Bounded.zeros(headDim + 1);
        var centre = new double[headDim];
        for (var i = 0; i < headDim; i++) {
            var column = column(keys, i);
            centre[i] = (least(column) + most(column)) / 2;
            put(result, i, centre[i], column, type);
        }
        var radii = new double[keys.length];
        var largestNorm = 0.0;
        for (var j = 0; j < keys.length; j++) {
            var squares = 0.0;
            var norm = 0.0;
            for (var i = 0; i < headDim; i++) {
                squares += (keys[j][i] - centre[i]) * (keys[j][i] - centre[i]);
                norm += keys[j][i] * keys[j][i];
            }
            radii[j] = Math.sqrt(squares);
            largestNorm = Math.max(largestNorm, Math.sqrt(norm));
        }
        result.exact()[headDim] = switch (digest) {
            case SPHERE_MAX -> most(radii);
            case SPHERE_CENTER -> (least(radii) + most(radii)) / 2;
            default -> mean(radii);
        };
        // Squares below the smallest float32 vanish: d of them together are at most d · 2^-149 under the root.
        result.bound()[headDim] = gamma(keys.length + headDim + 4) * largestNorm + normUnderflow(headDim);
        return result;
    }

    private static Bounded point(double[][] keys, int headDim, ElementType type) {
        var result = Bounded.zeros(headDim);
        for (var i = 0; i < headDim; i++) {
            var column = column(keys, i);
            put(result, i, mean(column), column, type);
        }
        return result;
    }

    /** What underflow of squares may change a float32 norm of {@code headDim} elements by. */
    static double normUnderflow(int headDim) {
        return Math.sqrt(headDim * UNDERFLOW);
    }

    private static void put(Bounded result, int index, double exact, double[] column, ElementType type) {
        var largest = Math.max(Math.abs(least(column)), Math.abs(most(column)));
        var computed = gamma(column.length + 3) * largest + (column.length + 3) * UNDERFLOW;
        result.exact()[index] = exact;
        result.bound()[index] =
                computed + type.unitRoundoff() * (Math.abs(exact) + computed) + Elements.smallestSubnormal(type);
    }

    private static double[] column(double[][] keys, int i) {
        var column = new double[keys.length];
        for (var j = 0; j < keys.length; j++) {
            column[j] = keys[j][i];
        }
        return column;
    }

    private static double least(double[] numbers) {
        var least = Double.POSITIVE_INFINITY;
        for (var number : numbers) {
            least = Math.min(least, number);
        }
        return least;
    }

    private static double most(double[] numbers) {
        var most = Double.NEGATIVE_INFINITY;
        for (var number : numbers) {
            most = Math.max(most, number);
        }
        return most;
    }

    private static double mean(double[] numbers) {
        var sum = 0.0;
        for (var number : numbers) {
            sum += number;
        }
        return sum / numbers.length;
    }
}
