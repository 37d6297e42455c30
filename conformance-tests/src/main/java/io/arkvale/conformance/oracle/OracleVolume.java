package io.arkvale.conformance.oracle;

import static io.arkvale.conformance.oracle.Rounding.UNDERFLOW;
import static io.arkvale.conformance.oracle.Rounding.gamma;

import io.arkvale.api.Digest;
import io.arkvale.api.Digest.Shape;
import java.util.Arrays;
import java.util.stream.IntStream;

/** The keys of a part of a page, their centre and how far they reach from a centre, in float64. */
final class OracleVolume {
    private final Digest digest;
    private final double[][] keys;
    private final int headDim;

    /** Of keys {@code [tokens][headDim]}. */
    OracleVolume(Digest digest, double[][] keys, int headDim) {
        this.digest = digest;
        this.keys = keys;
        this.headDim = headDim;
    }

    /** Those of the parts of a page, in order. */
    static OracleVolume[] parts(Digest digest, double[][] page, int headDim) {
        var parts = new OracleVolume[digest.form().parts()];
        var tokens = page.length / parts.length;
        for (var part = 0; part < parts.length; part++) {
            parts[part] =
                    new OracleVolume(digest, Arrays.copyOfRange(page, part * tokens, (part + 1) * tokens), headDim);
        }
        return parts;
    }

    int tokens() {
        return keys.length;
    }

    double[] column(int i) {
        return Arrays.stream(keys).mapToDouble(key -> key[i]).toArray();
    }

    /** The largest magnitude of an element. */
    double largest(int i) {
        return Arrays.stream(column(i)).map(Math::abs).max().orElse(0);
    }

    double centre(int i) {
        var column = column(i);
        return switch (digest.shape()) {
            case CUBOID, SPHERE -> (least(column) + most(column)) / 2;
            case DISC, POINT -> mean(column);
        };
    }

    /** How far a centre's element computed in float32 may lie from the exact one. */
    double centreError(int i) {
        return gamma(keys.length + 3) * largest(i) + (keys.length + 3) * UNDERFLOW;
    }

    int extents() {
        return digest.shape().extents(headDim);
    }

    /** The elements that an extent is about. */
    private int[] elements(int extent) {
        return switch (digest.shape()) {
            case CUBOID -> new int[] {extent};
            case DISC -> new int[] {extent, extent + headDim / 2};
            case SPHERE, POINT -> IntStream.range(0, headDim).toArray();
        };
    }

    /** How far the keys reach from a centre, times the factor. */
    double extent(int extent, double[] centre) {
        var distances = distances(extent, centre);
        return digest.factor()
                * switch (digest.extent()) {
                    case LARGEST -> most(distances);
                    case CENTER -> (least(distances) + most(distances)) / 2;
                    case MEAN -> mean(distances);
                    case NONE -> 0;
                };
    }

    private double[] distances(int extent, double[] centre) {
        var elements = elements(extent);
        var distances = new double[keys.length];
        for (var j = 0; j < keys.length; j++) {
            var squares = 0.0;
            for (var i : elements) {
                squares += (keys[j][i] - centre[i]) * (keys[j][i] - centre[i]);
            }
            distances[j] = Math.sqrt(squares);
        }
        return distances;
    }

    /** How far an extent computed in float32 from a centre that is exact may lie from the exact one. */
    double extentError(int extent, double[] centre) {
        var elements = elements(extent);
        var largest = 0.0;
        for (var key : keys) {
            largest = Math.max(largest, norm(key, elements));
        }
        return gamma(keys.length + elements.length + 4)
                        * (largest + norm(centre, elements))
                        * Math.max(1, digest.factor())
                + OracleDigest.normUnderflow(elements.length)
                + (keys.length + 4) * UNDERFLOW;
    }

    /** By how much the key that is farthest out lies beyond an extent. */
    double beyond(int extent, double[] centre, double reach) {
        return most(distances(extent, centre)) - reach;
    }

    /** The norm of some elements of a centre. */
    double norm(int extent, double[] centre) {
        return norm(centre, elements(extent));
    }

    private static double norm(double[] vector, int[] elements) {
        var squares = 0.0;
        for (var i : elements) {
            squares += vector[i] * vector[i];
        }
        return Math.sqrt(squares);
    }

    boolean isCuboid() {
        return digest.shape() == Shape.CUBOID;
    }

    static double least(double[] numbers) {
        return Arrays.stream(numbers).min().orElseThrow();
    }

    static double most(double[] numbers) {
        return Arrays.stream(numbers).max().orElseThrow();
    }

    private static double mean(double[] numbers) {
        return Arrays.stream(numbers).sum() / numbers.length;
    }
}
