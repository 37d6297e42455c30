/** Scalar and vectorised numerical primitives. What is not exported serves the module's own packages. */
module io.arkvale.kernels {
    requires jdk.incubator.vector;
    requires static transitive org.jspecify;

    exports io.arkvale.kernels;
    exports io.arkvale.kernels.attention;
    exports io.arkvale.kernels.causal;
    exports io.arkvale.kernels.coded;
    exports io.arkvale.kernels.digest;
    exports io.arkvale.kernels.matrix;
    exports io.arkvale.kernels.page;
    exports io.arkvale.kernels.pool;
    exports io.arkvale.kernels.row;
    exports io.arkvale.kernels.storage;
    exports io.arkvale.kernels.weights;
}
