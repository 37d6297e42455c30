/** Decoders of the Llama kin; attention is supplied by their caller. */
@SuppressWarnings("requires-automatic") // The tokenizers' library names its modules, but does not describe them.
module io.arkvale.llama {
    requires transitive io.arkvale.api;
    requires transitive io.arkvale.kernels;
    requires ai.djl.api;
    requires ai.djl.tokenizers;
    requires org.slf4j;
    requires transitive tools.jackson.databind;
    requires static org.jspecify;

    exports io.arkvale.llama;
    exports io.arkvale.llama.attention;
    exports io.arkvale.llama.config;
    exports io.arkvale.llama.files;
    exports io.arkvale.llama.forward;
    exports io.arkvale.llama.generation;
    exports io.arkvale.llama.rope;
    exports io.arkvale.llama.text;
    exports io.arkvale.llama.weights;

    uses io.arkvale.llama.forward.DenseProvider;
}
