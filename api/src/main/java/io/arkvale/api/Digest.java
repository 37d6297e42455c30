package io.arkvale.api;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Describes the summary of a filled page's keys, one per KV head, from which the page's importance is estimated (paper,
 * section 5.2): what is stored, and how far the keys reach from their centre. The seven of the paper have names;
 * {@code SPEC.md} defines all of them in its section on digests.
 *
 * <p>The canonical text, which {@link #toString} gives and {@link #parse} reads, names the shape and the extent, then the
 * factor, the parts and the bits where they are not 1, 1 and those of the cache: {@code cuboid-mean},
 * {@code disc-max*0.75/8@3+2}, {@code centroid/4@4}. Digests are equal if their texts are.
 *
 * @param form what is stored
 * @param extent which of the keys' distances from the centre is taken; {@link Extent#NONE} for points and no others
 * @param factor what the extent is multiplied by: from {@value #LEAST_FACTOR} to 1 for {@link Extent#LARGEST}, to
 *     {@value #MOST_FACTOR} for the mean and the centre; 1 for points
 */
public record Digest(Form form, Extent extent, float factor) {
    /** Smallest factor. */
    public static final float LEAST_FACTOR = 0.001f;

    /** Largest factor. */
    public static final float MOST_FACTOR = 4;

    /** The element-wise minimum and maximum themselves, exactly: an upper bound of every dot product. */
    public static final Digest CUBOID_MAX = of(Shape.CUBOID, Extent.LARGEST);
    /** {@code b± = c ± (min |k − c| + max |k − c|) / 2}. */
    public static final Digest CUBOID_CENTER = of(Shape.CUBOID, Extent.CENTER);
    /** {@code b± = c ± mean |k − c|}: the paper's default. */
    public static final Digest CUBOID_MEAN = of(Shape.CUBOID, Extent.MEAN);
    /** Centre {@code c}, radius the largest {@code ‖k − c‖}. */
    public static final Digest SPHERE_MAX = of(Shape.SPHERE, Extent.LARGEST);
    /** Centre {@code c}, radius half of the smallest plus the largest {@code ‖k − c‖}. */
    public static final Digest SPHERE_CENTER = of(Shape.SPHERE, Extent.CENTER);
    /** Centre {@code c}, radius the mean of {@code ‖k − c‖}. */
    public static final Digest SPHERE_MEAN = of(Shape.SPHERE, Extent.MEAN);
    /** Mean of the keys: the baseline without a volume. */
    public static final Digest CENTROID = of(Shape.POINT, Extent.NONE);

    private static final Digest[] NAMED = {
        CUBOID_MAX, CUBOID_CENTER, CUBOID_MEAN, SPHERE_MAX, SPHERE_CENTER, SPHERE_MEAN, CENTROID
    };

    private static final Pattern TEXT = Pattern.compile(
            "([a-z]+)(?:-([a-z]+))?(?:\\*([0-9.]{1,12}))?(?:/([0-9]{1,4}))?(?:@([0-9])(?:\\+([0-9]))?)?");

    /** Geometric form, which decides what is stored and how a query is scored against it. */
    public enum Shape {
        /** A box: an extent in each dimension. */
        CUBOID,
        /**
         * A disc in the plane of each pair of dimensions {@code (i, i + headDim/2)}, which RoPE turns together: an extent per
         * pair.
         */
        DISC,
        /** A sphere: one extent. */
        SPHERE,
        /** The centre alone. */
        POINT;

        /** Its word in a digest's text: {@code cuboid}, {@code disc}, {@code sphere} or {@code centroid}. */
        public String word() {
            return this == POINT ? "centroid" : name().toLowerCase(Locale.ROOT);
        }

        /** Extents of a part. */
        public int extents(int headDim) {
            return switch (this) {
                case CUBOID -> headDim;
                case DISC -> headDim / 2;
                case SPHERE -> 1;
                case POINT -> 0;
            };
        }
    }

    /** Which of the keys' distances from the centre is taken. */
    public enum Extent {
        /** The largest: with a factor of 1 an upper bound of every dot product. */
        LARGEST("max"),
        /** Half of the smallest plus the largest. */
        CENTER("center"),
        /** The mean. */
        MEAN("mean"),
        /** None: of points. */
        NONE("");

        private final String word;

        Extent(String word) {
            this.word = word;
        }
    }

    /**
     * What is stored of a page and KV head. Each part of {@code pageSize / parts} tokens, one after another, has a
     * volume of its own, and the page's score is that of its best part.
     *
     * @param shape volume of a part
     * @param parts runs of equally many tokens, a power of two from 1 to {@value #MOST_PARTS} that divides the page
     *     size
     * @param centreBits of an element of a centre: {@link #WHOLE}, or {@value #LEAST_BITS} to {@value #MOST_BITS}
     * @param extentBits of an extent, likewise; {@link #WHOLE} if the centre's are, and for points; else a number of
     *     bits
     */
    public record Form(Shape shape, int parts, int centreBits, int extentBits) {
        /** As many bits as the cache's element type has. */
        public static final int WHOLE = 0;

        /** Fewest bits of a code. */
        public static final int LEAST_BITS = 2;

        /** Most bits of a code. */
        public static final int MOST_BITS = 8;

        /** Most parts of a page. */
        public static final int MOST_PARTS = 64;

        /** Bits of a page's zero points where it has several parts; where it has one, these are the centre itself. */
        public static final int ZERO_BITS = 8;

        /** Elements, or extents, that have scales in common. */
        public static final int RUN = 32;

        /**
         * Checks every field.
         *
         * @throws InvalidArgumentException naming the field, its value and the allowed range
         */
        public Form {
            Checks.range("parts", parts, 1, MOST_PARTS);
            if (Integer.bitCount(parts) != 1) {
                throw new InvalidArgumentException("parts is " + parts + "; allowed: powers of two");
            }
            if (centreBits != WHOLE) {
                Checks.range("centreBits", centreBits, LEAST_BITS, MOST_BITS);
            }
            if (centreBits == WHOLE || shape == Shape.POINT) {
                Checks.range("extentBits", extentBits, WHOLE, WHOLE);
            } else {
                Checks.range("extentBits", extentBits, LEAST_BITS, MOST_BITS);
            }
        }

        /** Whether numbers are stored in as many bits as the cache's. */
        public boolean isWhole() {
            return centreBits == WHOLE;
        }

        /** Numbers that {@link CacheView#digest} gives of a page and KV head: a centre and its extents per part. */
        public int numbers(int headDim) {
            return parts * (headDim + shape.extents(headDim));
        }

        /** Bits of a zero point. */
        public int zeroBits() {
            return parts == 1 ? centreBits : ZERO_BITS;
        }

        /**
         * Bytes of a page and KV head, scales included: what {@code SPEC.md} says is stored. A backend may round it up, so that
         * it is read fast.
         */
        public long bytes(int headDim, ElementType type) {
            int extents = shape.extents(headDim);
            if (isWhole()) {
                int extentBytes = switch (shape) {
                    case CUBOID, DISC -> type.bytes();
                    case SPHERE -> Float.BYTES;
                    case POINT -> 0;
                };
                return (long) parts * (headDim * type.bytes() + extents * extentBytes);
            }
            long bits = (long) headDim * zeroBits();
            long scales = 2L * Math.ceilDiv(headDim, RUN) + Math.ceilDiv(extents, RUN);
            if (parts > 1) {
                bits += (long) parts * headDim * centreBits;
                scales += Math.ceilDiv(headDim, RUN);
            }
            bits += (long) parts * extents * extentBits;
            return Math.ceilDiv(bits, Byte.SIZE) + scales * Short.BYTES;
        }
    }

    /**
     * Checks every field.
     *
     * @throws InvalidArgumentException naming the field, its value and the allowed range
     */
    public Digest {
        boolean point = form.shape() == Shape.POINT;
        if (point != (extent == Extent.NONE)) {
            throw new InvalidArgumentException("extent is " + extent + " and shape " + form.shape()
                    + "; points have no extent, and all other shapes have one");
        }
        float least = point ? 1 : LEAST_FACTOR;
        float most = extent == Extent.LARGEST || point ? 1 : MOST_FACTOR;
        if (!(factor >= least && factor <= most)) {
            throw new InvalidArgumentException("factor is " + factor + "; allowed: "
                    + (point ? "1 for points" : least + " to " + (int) most + " for the extent " + extent));
        }
    }

    /** A volume of the whole page, in the cache's element type. */
    public static Digest of(Shape shape, Extent extent) {
        return new Digest(new Form(shape, 1, Form.WHOLE, Form.WHOLE), extent, 1);
    }

    /** The same with another factor of the extent. */
    public Digest times(double factor) {
        return new Digest(form, extent, (float) factor);
    }

    /** The same in parts of a page. */
    public Digest parts(int parts) {
        return new Digest(new Form(form.shape, parts, form.centreBits, form.extentBits), extent, factor);
    }

    /** The same in so many bits per element and extent. */
    public Digest bits(int bits) {
        return bits(bits, bits);
    }

    /** The same in so many bits per element of a centre and so many per extent; points have none of the latter. */
    public Digest bits(int centreBits, int extentBits) {
        int ofExtents = form.shape == Shape.POINT ? Form.WHOLE : extentBits;
        return new Digest(new Form(form.shape, form.parts, centreBits, ofExtents), extent, factor);
    }

    /** The volume of a part. */
    public Shape shape() {
        return form.shape();
    }

    /** Whether every dot product of a query with a key of the page is at most the page's score, but for rounding. */
    public boolean isBound() {
        return extent == Extent.LARGEST && factor == 1;
    }

    /**
     * Checks that pages and heads of such sizes can have it.
     *
     * @throws InvalidArgumentException if its parts do not divide a page, or its discs need an even head dimension
     */
    public void requireFits(int pageSize, int headDim) {
        if (pageSize % form.parts() != 0) {
            throw new InvalidArgumentException("digest is " + this + ": its " + form.parts()
                    + " parts do not divide pages of " + pageSize + " tokens");
        }
        if (form.shape() == Shape.DISC && headDim % 2 != 0) {
            throw new InvalidArgumentException(
                    "digest is " + this + ": discs need an even headDim, and it is " + headDim);
        }
    }

    /** The seven of the paper. */
    public static Digest[] values() {
        return NAMED.clone();
    }

    /** The name of one of the seven, such as {@code CUBOID_MAX}; the canonical text of any other. */
    public String name() {
        for (var named : NAMED) {
            if (named.equals(this)) {
                return toString().toUpperCase(Locale.ROOT).replace('-', '_');
            }
        }
        return toString();
    }

    /**
     * The digest of a name or a canonical text; one of the seven is the constant itself.
     *
     * @throws InvalidArgumentException if it is neither
     */
    public static Digest valueOf(String name) {
        for (var named : NAMED) {
            if (named.name().equals(name)) {
                return named;
            }
        }
        return parse(name);
    }

    /**
     * Reads a canonical text; one of the seven is the constant itself.
     *
     * @throws InvalidArgumentException if it is none
     */
    public static Digest parse(String text) {
        var match = TEXT.matcher(text);
        if (!match.matches()) {
            throw unreadable(text);
        }
        var shape = shape(match.group(1), text);
        var extent = extent(match.group(2), text);
        if ((shape == Shape.POINT) != (extent == Extent.NONE)) {
            throw unreadable(text);
        }
        var digest = of(shape, extent);
        if (match.group(3) != null) {
            digest = digest.times(number(match.group(3), text));
        }
        if (match.group(4) != null) {
            digest = digest.parts(Integer.parseInt(match.group(4)));
        }
        if (match.group(5) != null) {
            int bits = Integer.parseInt(match.group(5));
            if (match.group(6) != null && shape == Shape.POINT) {
                throw new InvalidArgumentException(
                        "digest is '" + text + "'; a centroid has no extent, so no bits of it");
            }
            digest = digest.bits(bits, match.group(6) == null ? bits : Integer.parseInt(match.group(6)));
        }
        for (var named : NAMED) {
            if (named.equals(digest)) {
                return named;
            }
        }
        return digest;
    }

    private static Shape shape(String word, String text) {
        for (var shape : Shape.values()) {
            if (shape.word().equals(word)) {
                return shape;
            }
        }
        throw unreadable(text);
    }

    /** A centroid has no word for its extent. */
    private static Extent extent(@Nullable String word, String text) {
        for (var extent : Extent.values()) {
            if (extent.word.equals(Objects.requireNonNullElse(word, ""))) {
                return extent;
            }
        }
        throw unreadable(text);
    }

    private static double number(String digits, String text) {
        try {
            return Double.parseDouble(digits);
        } catch (NumberFormatException e) {
            throw unreadable(text);
        }
    }

    private static InvalidArgumentException unreadable(String text) {
        return new InvalidArgumentException("digest is '" + text
                + "'; allowed: centroid, or cuboid, disc or sphere with -max, -center or -mean, then *FACTOR, /PARTS and"
                + " @BITS or @CENTRE+EXTENT, such as cuboid-mean or disc-max*0.75/8@3+2");
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        text.append(form.shape().word());
        if (extent != Extent.NONE) {
            text.append('-').append(extent.word);
        }
        if (factor != 1) {
            text.append('*')
                    .append(new BigDecimal(Float.toString(factor))
                            .stripTrailingZeros()
                            .toPlainString());
        }
        if (form.parts() > 1) {
            text.append('/').append(form.parts());
        }
        if (!form.isWhole()) {
            text.append('@').append(form.centreBits());
            if (form.shape() != Shape.POINT && form.extentBits() != form.centreBits()) {
                text.append('+').append(form.extentBits());
            }
        }
        return text.toString();
    }
}
