/** Scalar and vectorised numerical primitives. */
module io.arkvale.kernels {
    requires jdk.incubator.vector;
    requires static transitive org.jspecify;

    exports io.arkvale.kernels;
}
