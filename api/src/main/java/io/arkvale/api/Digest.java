package io.arkvale.api;

/**
 * Summary of a filled page's keys, one per KV head, from which the page's importance is estimated (paper, section 5.2).
 *
 * <p>With {@code c = (min k + max k) / 2} taken element-wise over the keys of the page.
 */
public enum Digest {
    /** The element-wise minimum and maximum themselves, exactly: an upper bound of every dot product. */
    CUBOID_MAX(Shape.CUBOID),
    /** {@code b± = c ± (min |k − c| + max |k − c|) / 2}. */
    CUBOID_CENTER(Shape.CUBOID),
    /** {@code b± = c ± mean |k − c|}: the paper's default. */
    CUBOID_MEAN(Shape.CUBOID),
    /** Centre {@code c}, radius the largest {@code ‖k − c‖}. */
    SPHERE_MAX(Shape.SPHERE),
    /** Centre {@code c}, radius half of the smallest plus the largest {@code ‖k − c‖}. */
    SPHERE_CENTER(Shape.SPHERE),
    /** Centre {@code c}, radius the mean of {@code ‖k − c‖}. */
    SPHERE_MEAN(Shape.SPHERE),
    /** Mean of the keys: the baseline without a volume. */
    CENTROID(Shape.POINT);

    /** Geometric form, which decides what is stored and how a query is scored against it. */
    public enum Shape {
        /** Two vectors {@code b+, b−}; score {@code Σ_i max(q_i b+_i, q_i b−_i)}. */
        CUBOID(2, 0),
        /** A vector {@code c} and a float32 radius {@code r}; score {@code q·c + r ‖q‖}. */
        SPHERE(1, 1),
        /** One vector; score {@code q·mean}. */
        POINT(1, 0);

        private final int vectors;
        private final int radii;

        Shape(int vectors, int radii) {
            this.vectors = vectors;
            this.radii = radii;
        }

        /** Vectors of {@code headDim} elements stored a page and KV head, in the cache's element type. */
        public int vectors() {
            return vectors;
        }

        /** Float32 scalars stored a page and KV head: 1 for spheres, whose radius would overflow 16 bits, else 0. */
        public int radii() {
            return radii;
        }
    }

    private final Shape shape;

    Digest(Shape shape) {
        this.shape = shape;
    }

    /** The form of this digest. */
    public Shape shape() {
        return shape;
    }
}
