package org.example.kvcache;

import io.arkvale.api.Digest;
import io.arkvale.api.Digest.Form;
import io.arkvale.api.Digest.Shape;
import io.arkvale.api.ElementType;
import io.arkvale.core.tensor.Elements;
import java.util.Arrays;

/**
 * What is kept of a page's keys, and how a query is scored against it, in plain loops: of each part its centre and extents, or
 * a cuboid's bounds. Codes are not packed here: numbers are kept as their codes read, which is what others see of them.
 */
final class PageSummary {
    private final Digest digest;
    private final Form form;
    private final ElementType type;
    private final int width;

    PageSummary(Digest digest, ElementType type, int width) {
        this.digest = digest;
        this.form = digest.form();
        this.type = type;
        this.width = width;
    }

    /** Numbers of a head's keys, {@code [tokens][headDim]}: of each part its centre and extents, one after another. */
    float[] of(float[][] keys) {
        var centres = new float[form.parts()][];
        for (int part = 0; part < form.parts(); part++) {
            centres[part] = centre(part(keys, part));
        }
        var unrounded = centres.clone();
        if (!form.isWhole()) {
            code(centres);
        } else if (form.shape() == Shape.DISC) {
            for (int part = 0; part < form.parts(); part++) {
                centres[part] = rounded(centres[part]);
            }
        }
        var extents = new float[form.parts()][];
        for (int part = 0; part < form.parts(); part++) {
            extents[part] = extents(part(keys, part), centres[part]);
        }
        if (!form.isWhole()) {
            codeExtents(extents);
        }
        var numbers = new float[form.numbers(width)];
        int length = numbers.length / form.parts();
        for (int part = 0; part < form.parts(); part++) {
            var first = form.isWhole() ? rounded(first(keys, part, unrounded[part], extents[part])) : centres[part];
            var second = form.isWhole() ? second(keys, part, unrounded[part], extents[part]) : extents[part];
            System.arraycopy(first, 0, numbers, part * length, width);
            System.arraycopy(second, 0, numbers, part * length + width, second.length);
        }
        return numbers;
    }

    private float[][] part(float[][] keys, int part) {
        int tokens = keys.length / form.parts();
        return Arrays.copyOfRange(keys, part * tokens, (part + 1) * tokens);
    }

    private float[] centre(float[][] keys) {
        var centre = new float[width];
        for (int i = 0; i < width; i++) {
            var column = column(keys, i);
            centre[i] = form.shape() == Shape.CUBOID || form.shape() == Shape.SPHERE
                    ? least(column) / 2 + most(column) / 2
                    : mean(column);
        }
        return centre;
    }

    /** How far the keys reach from the centre, times the factor. */
    private float[] extents(float[][] keys, float[] centre) {
        var extents = new float[form.shape().extents(width)];
        for (int i = 0; i < extents.length; i++) {
            var distances = new float[keys.length];
            for (int j = 0; j < keys.length; j++) {
                distances[j] = switch (form.shape()) {
                    case CUBOID -> distance(keys[j], centre, i, 1, 1);
                    case DISC -> distance(keys[j], centre, i, width / 2, 2);
                    default -> distance(keys[j], centre, 0, 1, width);
                };
            }
            float reach = switch (digest.extent()) {
                case LARGEST -> most(distances);
                case CENTER -> (least(distances) + most(distances)) / 2;
                default -> mean(distances);
            };
            extents[i] = Math.min(reach * digest.factor(), Float.MAX_VALUE);
        }
        return extents;
    }

    // Numbers in the cache's element type.

    /** The upper bounds of a cuboid, else the centre. */
    private float[] first(float[][] keys, int part, float[] centre, float[] extents) {
        return form.shape() == Shape.CUBOID ? bounds(keys, part, centre, extents, 1) : centre;
    }

    /** The lower bounds of a cuboid, else the extents. A disc's may be larger than any number of F16. */
    private float[] second(float[][] keys, int part, float[] centre, float[] extents) {
        if (form.shape() == Shape.CUBOID) {
            return rounded(bounds(keys, part, centre, extents, -1));
        }
        var second = extents.clone();
        for (int i = 0; i < second.length && form.shape() == Shape.DISC && type != ElementType.F32; i++) {
            second[i] = digest.isBound()
                    ? halfAbove(second[i])
                    : Elements.rounded(ElementType.BF16, Math.min(second[i], ElementType.BF16.largest()));
        }
        return second;
    }

    private float[] bounds(float[][] keys, int part, float[] centre, float[] extents, int sign) {
        var bounds = new float[width];
        for (int i = 0; i < width; i++) {
            var column = column(part(keys, part), i);
            float bound = digest.isBound() ? sign * most(column, sign) : centre[i] + sign * extents[i];
            bounds[i] = Math.clamp(bound, -type.largest(), type.largest());
        }
        return bounds;
    }

    private float[] rounded(float[] numbers) {
        var rounded = new float[numbers.length];
        for (int i = 0; i < rounded.length; i++) {
            rounded[i] = Elements.rounded(type, numbers[i]);
        }
        return rounded;
    }

    // Numbers in few bits.

    /** Rounds centres: zero points of the page, and unless it has one part an offset from them for each part. */
    private void code(float[][] centres) {
        for (int from = 0; from < width; from += Form.RUN) {
            int until = Math.min(width, from + Form.RUN);
            var zeros = zeros(centres, from, until);
            float farthest = 0;
            for (int i = from; i < until; i++) {
                for (var centre : centres) {
                    farthest = Math.max(farthest, Math.abs(centre[i] - zeros[i - from]));
                }
            }
            int most = (1 << form.centreBits()) - 1;
            float halfStep = halfAbove(farthest / most);
            for (int i = from; i < until; i++) {
                float zero = zeros[i - from];
                for (int part = 0; part < centres.length; part++) {
                    int code = nearest((((double) centres[part][i] - zero) / halfStep + most) / 2, most);
                    centres[part][i] = centres.length == 1 ? zero : finite(halfStep, 2 * code - most, zero);
                }
            }
        }
    }

    /** Midway between the extreme centres, in steps from the lowest of the run on. */
    private float[] zeros(float[][] centres, int from, int until) {
        var zeros = new float[until - from];
        for (int i = from; i < until; i++) {
            var column = column(centres, i);
            zeros[i - from] = least(column) / 2 + most(column) / 2;
        }
        float lowest = halfBelow(least(zeros));
        int most = (1 << form.zeroBits()) - 1;
        float step = halfAbove(most(zeros) / most - lowest / most);
        for (int i = 0; i < zeros.length; i++) {
            int code = nearest(((double) zeros[i] - lowest) / step, most);
            zeros[i] = finite(step, code, lowest);
        }
        return zeros;
    }

    /** Rounds extents: up if they are a bound, so that the keys stay within. */
    private void codeExtents(float[][] extents) {
        for (int from = 0; from < extents[0].length; from += Form.RUN) {
            int until = Math.min(extents[0].length, from + Form.RUN);
            float largest = 0;
            for (var some : extents) {
                largest = Math.max(largest, most(Arrays.copyOfRange(some, from, until)));
            }
            int most = (1 << form.extentBits()) - 1;
            float step = halfAbove(largest / most);
            for (var some : extents) {
                for (int i = from; i < until; i++) {
                    double steps = (double) some[i] / step;
                    some[i] = finite(step, nearest(digest.isBound() ? Math.ceil(steps) : steps, most), 0);
                }
            }
        }
    }

    private static int nearest(double steps, int most) {
        return (int) Math.clamp(Math.floor(steps + 0.5), 0, most); // no steps at all are NaN, which becomes 0
    }

    /** Steps from a number, fewer where the result would not be finite. */
    private static float finite(float step, int steps, float from) {
        float number = Math.fma(step, steps, from);
        return Float.isFinite(number) || steps == 0 ? number : finite(step, steps - Integer.signum(steps), from);
    }

    /** The least number of BF16 that is not below a number of at least 0; the largest of them at most. */
    private static float halfAbove(float number) {
        int bits = Float.floatToRawIntBits(number);
        return Float.intBitsToFloat(Math.min((bits + 0xFFFF) & 0xFFFF0000, 0x7F7F0000));
    }

    private static float halfBelow(float number) {
        int bits = Float.floatToRawIntBits(number);
        return number < 0 ? -halfAbove(-number) : Float.intBitsToFloat(bits & 0xFFFF0000);
    }

    // Scores.

    /** Score of a query head: that of the best part. */
    float score(float[] query, float[] numbers) {
        int length = numbers.length / form.parts();
        float best = Float.NEGATIVE_INFINITY;
        for (int part = 0; part < form.parts(); part++) {
            best = Math.max(best, score(query, numbers, part * length));
        }
        return best;
    }

    private float score(float[] query, float[] numbers, int at) {
        float score = 0;
        for (int i = 0; i < width; i++) {
            float product = query[i] * numbers[at + i];
            score += hasBounds() ? Math.max(product, query[i] * numbers[at + width + i]) : product;
        }
        int extents = hasBounds() ? 0 : form.shape().extents(width);
        for (int i = 0; i < extents; i++) {
            float weight = switch (form.shape()) {
                case CUBOID -> Math.abs(query[i]);
                case DISC -> distance(query, new float[width], i, extents, 2);
                default -> distance(query, new float[width], 0, 1, width);
            };
            score += weight * numbers[at + width + i];
        }
        return score;
    }

    private boolean hasBounds() {
        return form.isWhole() && form.shape() == Shape.CUBOID;
    }

    // Numbers.

    private static float[] column(float[][] rows, int index) {
        var column = new float[rows.length];
        for (int row = 0; row < column.length; row++) {
            column[row] = rows[row][index];
        }
        return column;
    }

    private static float least(float[] numbers) {
        return -most(numbers, -1);
    }

    private static float most(float[] numbers) {
        return most(numbers, 1);
    }

    /** The largest of the numbers, each times a sign. */
    private static float most(float[] numbers, int sign) {
        float most = sign * numbers[0];
        for (float number : numbers) {
            most = Math.max(most, sign * number);
        }
        return most;
    }

    private static float mean(float[] numbers) {
        float sum = 0;
        for (float number : numbers) {
            sum += number / numbers.length;
        }
        return sum;
    }

    /** Distance of some of the elements, {@code step} apart, in float64, in which no square overflows or vanishes. */
    private static float distance(float[] a, float[] b, int at, int step, int count) {
        double squares = 0;
        for (int i = 0; i < count; i++) {
            double difference = (double) a[at + i * step] - b[at + i * step];
            squares += difference * difference;
        }
        return (float) Math.sqrt(squares);
    }
}
