/** A decoder for models of the Llama family; attention is supplied by its caller. */
module io.arkvale.llama {
    requires transitive io.arkvale.api;
    requires transitive io.arkvale.kernels;
    requires tools.jackson.databind;
    requires static org.jspecify;

    exports io.arkvale.llama;
}
