/** A decoder for models of the Llama family; attention is supplied by its caller. */
@SuppressWarnings("requires-automatic") // the tokenizers' library names its modules, but does not describe them
module io.arkvale.llama {
    requires transitive io.arkvale.api;
    requires transitive io.arkvale.kernels;
    requires ai.djl.api;
    requires ai.djl.tokenizers;
    requires org.slf4j;
    requires tools.jackson.databind;
    requires static org.jspecify;

    exports io.arkvale.llama;
    exports io.arkvale.llama.text;
    exports io.arkvale.llama.generation;
}
