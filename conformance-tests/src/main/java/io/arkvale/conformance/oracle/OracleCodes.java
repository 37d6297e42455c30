package io.arkvale.conformance.oracle;

import static io.arkvale.conformance.oracle.Rounding.UNIT;

import io.arkvale.api.Digest;
import io.arkvale.api.Digest.Form;

/** How far the numbers of a digest in few bits may lie from the exact ones (rule 309): half a step of its page's own scales. */
final class OracleCodes {
    /** A scale keeps 8 bits: rounded away from what it must hold by at most so much of it. */
    private static final double SCALE_UNIT = 0x1p-7;

    /** The smallest step of a scale. */
    private static final double SCALE_UNDERFLOW = 0x1p-133;

    /** Beyond half a step, what float32 may choose another code for. */
    private static final double TIE = 1 + 0x1p-20;

    private final Digest digest;
    private final OracleVolume[] parts;
    private final int headDim;
    private final float[] stored;
    private final int length;

    OracleCodes(Digest digest, OracleVolume[] parts, int headDim, float[] stored) {
        this.digest = digest;
        this.parts = parts;
        this.headDim = headDim;
        this.stored = stored;
        length = headDim + parts[0].extents();
    }

    /** The bounds of all numbers, in the order of the view. */
    Bounded bounds() {
        var result = Bounded.zeros(parts.length * length);
        for (var from = 0; from < headDim; from += Form.RUN) {
            centres(result, from, Math.min(headDim, from + Form.RUN));
        }
        for (var from = 0; from < length - headDim; from += Form.RUN) {
            extents(result, from, Math.min(length - headDim, from + Form.RUN));
        }
        return result;
    }

    private void centres(Bounded result, int from, int until) {
        var lowest = Double.POSITIVE_INFINITY;
        var highest = Double.NEGATIVE_INFINITY;
        var computed = 0.0;
        for (var i = from; i < until; i++) {
            lowest = Math.min(lowest, zero(i));
            highest = Math.max(highest, zero(i));
            for (var part : parts) {
                computed = Math.max(computed, part.centreError(i));
            }
        }
        var below = SCALE_UNIT * (Math.abs(lowest) + computed) + SCALE_UNDERFLOW;
        var form = digest.form();
        var zeroStep = step(highest - lowest + 2 * computed + below, form.zeroBits());
        var magnitude = Math.max(Math.abs(lowest), Math.abs(highest)) + zeroStep;
        var error = TIE * zeroStep / 2 + computed + 2 * UNIT * magnitude;
        if (parts.length > 1) {
            var farthest = 0.0;
            for (var i = from; i < until; i++) {
                for (var part : parts) {
                    farthest = Math.max(farthest, Math.abs(part.centre(i) - zero(i)));
                }
            }
            var step = 2 * step(farthest + error + computed, form.centreBits());
            error = TIE * step / 2 + computed + 2 * UNIT * (magnitude + farthest + step);
        }
        for (var part = 0; part < parts.length; part++) {
            for (var i = from; i < until; i++) {
                result.exact()[part * length + i] = parts[part].centre(i);
                result.bound()[part * length + i] = error;
            }
        }
    }

    /** The largest step with which so many bits reach so far. */
    private static double step(double range, int bits) {
        return range / ((1 << bits) - 1) * (1 + SCALE_UNIT) + SCALE_UNDERFLOW;
    }

    private double zero(int i) {
        var least = Double.POSITIVE_INFINITY;
        var most = Double.NEGATIVE_INFINITY;
        for (var part : parts) {
            least = Math.min(least, part.centre(i));
            most = Math.max(most, part.centre(i));
        }
        return (least + most) / 2;
    }

    private void extents(Bounded result, int from, int until) {
        var largest = 0.0;
        for (var part = 0; part < parts.length; part++) {
            var centre = centre(part);
            for (var i = from; i < until; i++) {
                largest = Math.max(largest, parts[part].extent(i, centre) + parts[part].extentError(i, centre));
            }
        }
        var step = step(largest, digest.form().extentBits());
        for (var part = 0; part < parts.length; part++) {
            var centre = centre(part);
            for (var i = from; i < until; i++) {
                var at = part * length + headDim + i;
                result.exact()[at] = parts[part].extent(i, centre) + (digest.isBound() ? step / 2 : 0);
                result.bound()[at] = TIE * step / 2 + parts[part].extentError(i, centre);
            }
        }
    }

    private double[] centre(int part) {
        return OracleDigest.widened(stored, part * length, headDim);
    }
}
