package io.arkvale.conformance.oracle;

import static io.arkvale.conformance.oracle.Rounding.UNDERFLOW;
import static io.arkvale.conformance.oracle.Rounding.gamma;

import io.arkvale.api.Digest;
import io.arkvale.api.Digest.Shape;
import io.arkvale.api.ElementType;
import io.arkvale.conformance.data.Elements;
import java.util.Arrays;

/** The digest of a filled page by its definition, in the layout of {@code CacheView.digest} (rules 303, 309 and 310). */
public final class OracleDigest {
    /** Keys beyond which digests other than the paper's seven may be anything, since float32 does not hold their distances. */
    private static final double LARGEST_KEY = 0x1p100;

    private final Digest digest;
    private final OracleVolume[] parts;
    private final int headDim;
    private final ElementType type;
    private final boolean isDefined;

    private OracleDigest(Digest digest, OraclePage page, int kvHead, int headDim, ElementType type) {
        this.digest = digest;
        this.headDim = headDim;
        this.type = type;
        var keys = new double[page.tokens()][headDim];
        var largest = 0.0;
        for (var token = 0; token < keys.length; token++) {
            for (var i = 0; i < headDim; i++) {
                keys[token][i] = page.key(token)[kvHead * headDim + i];
                largest = Math.max(largest, Math.abs(keys[token][i]));
            }
        }
        parts = OracleVolume.parts(digest, keys, headDim);
        isDefined = largest <= LARGEST_KEY || Arrays.asList(Digest.values()).contains(digest);
    }

    /** Of one KV head of a page. */
    public static OracleDigest of(Digest digest, OraclePage page, int kvHead, int headDim, ElementType type) {
        return new OracleDigest(digest, page, kvHead, headDim, type);
    }

    /** The rule that its numbers follow. */
    public int rule() {
        return digest.form().isWhole() ? 303 : 309;
    }

    /** How many numbers it has. */
    public int size() {
        return digest.form().numbers(headDim);
    }

    /**
     * The bounds of its numbers.
     *
     * @param stored the backend's: extents that are measured from the stored centre depend on it
     */
    public Bounded bounds(float[] stored) {
        if (!isDefined) {
            var anything = Bounded.zeros(size());
            Arrays.fill(anything.bound(), Double.POSITIVE_INFINITY);
            return anything;
        }
        if (!digest.form().isWhole()) {
            return new OracleCodes(digest, parts, headDim, stored).bounds();
        }
        var result = Bounded.zeros(size());
        var length = size() / parts.length;
        for (var part = 0; part < parts.length; part++) {
            switch (digest.shape()) {
                case CUBOID -> cuboid(result, part * length, parts[part]);
                case SPHERE -> sphere(result, part * length, parts[part]);
                case POINT -> centre(result, part * length, parts[part]);
                case DISC -> disc(result, part * length, parts[part], stored);
            }
        }
        return result;
    }

    private void cuboid(Bounded result, int at, OracleVolume part) {
        var centre = centre(part);
        for (var i = 0; i < headDim; i++) {
            if (digest.isBound()) {
                result.exact()[at + i] = OracleVolume.most(part.column(i));
                result.exact()[at + headDim + i] = OracleVolume.least(part.column(i));
            } else {
                var reach = part.extent(i, centre);
                put(result, at + i, centre[i] + reach, part, i);
                put(result, at + headDim + i, centre[i] - reach, part, i);
            }
        }
    }

    private void sphere(Bounded result, int at, OracleVolume part) {
        centre(result, at, part);
        var origin = new double[headDim];
        var largestNorm = part.beyond(0, origin, 0);
        result.exact()[at + headDim] = part.extent(0, centre(part));
        // Squares below the smallest float32 vanish: d of them together are at most d · 2^-149 under the root.
        result.bound()[at + headDim] =
                spread() * (gamma(part.tokens() + headDim + 4) * largestNorm + normUnderflow(headDim));
    }

    private void disc(Bounded result, int at, OracleVolume part, float[] stored) {
        centre(result, at, part);
        var centre = widened(stored, at, headDim);
        for (var i = 0; i < part.extents(); i++) {
            var exact = part.extent(i, centre);
            // The radii of 16-bit types are of 8 bits, rounded up where they are a bound.
            var step = type == ElementType.F32 ? 0 : 0x1p-7 * exact + 0x1p-133;
            result.exact()[at + headDim + i] = exact + (digest.isBound() ? step / 2 : 0);
            result.bound()[at + headDim + i] = step / 2 + part.extentError(i, centre);
        }
    }

    private void centre(Bounded result, int at, OracleVolume part) {
        for (var i = 0; i < headDim; i++) {
            put(result, at + i, part.centre(i), part, i);
        }
    }

    private double[] centre(OracleVolume part) {
        var centre = new double[headDim];
        for (var i = 0; i < headDim; i++) {
            centre[i] = part.centre(i);
        }
        return centre;
    }

    /** What errors grow by where the extent is multiplied: it is at most twice the largest magnitude. */
    private double spread() {
        return digest.factor() == 1 ? 1 : 1 + 2 * digest.factor();
    }

    private void put(Bounded result, int index, double exact, OracleVolume part, int i) {
        var finite = Math.clamp(exact, -type.largest(), type.largest());
        var computed = part.centreError(i) * spread();
        result.exact()[index] = finite;
        result.bound()[index] =
                computed + type.unitRoundoff() * (Math.abs(finite) + computed) + Elements.smallestSubnormal(type);
    }

    /**
     * By how much a key lies outside a digest that is a bound, more than rounding may do (rule 310); 0 or less if none does, or
     * if it is no bound.
     */
    public double outside(float[] stored) {
        var worst = 0.0;
        var length = size() / parts.length;
        for (var part = 0; part < parts.length && isDefined && digest.isBound(); part++) {
            for (var i = 0; i < parts[part].extents(); i++) {
                worst = Math.max(worst, outside(parts[part], stored, part * length, i));
            }
        }
        return worst;
    }

    private double outside(OracleVolume part, float[] stored, int at, int i) {
        if (digest.form().isWhole() && part.isCuboid()) {
            var above = OracleVolume.most(part.column(i)) - stored[at + i];
            return Math.max(above, stored[at + headDim + i] - OracleVolume.least(part.column(i)));
        }
        var centre = widened(stored, at, headDim);
        // A sphere in the cache's element type has its radius from the centre before it was rounded.
        var moved = digest.form().isWhole() && digest.shape() == Shape.SPHERE
                ? type.unitRoundoff() * part.norm(i, centre)
                        + Math.sqrt(headDim) * Elements.smallestSubnormal(type)
                        + part.extentError(i, centre)
                : 0;
        return part.beyond(i, centre, stored[at + headDim + i]) - moved - part.extentError(i, centre);
    }

    static double[] widened(float[] numbers, int from, int count) {
        var widened = new double[count];
        for (var i = 0; i < count; i++) {
            widened[i] = numbers[from + i];
        }
        return widened;
    }

    /** What underflow of squares may change a float32 norm of {@code headDim} elements by. */
    static double normUnderflow(int headDim) {
        return Math.sqrt(headDim * UNDERFLOW);
    }
}
