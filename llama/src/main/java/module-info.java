/** Decoders of the Llama kin; attention is supplied by their caller. */
module io.arkvale.llama {
    requires transitive io.arkvale.api;
    requires transitive io.arkvale.kernels;
    requires transitive tools.jackson.databind;
    requires static org.jspecify;

    exports io.arkvale.llama;
    exports io.arkvale.llama.attention;
    exports io.arkvale.llama.config;
    exports io.arkvale.llama.files;
    exports io.arkvale.llama.forward;
    exports io.arkvale.llama.rope;
    exports io.arkvale.llama.weights;
}
