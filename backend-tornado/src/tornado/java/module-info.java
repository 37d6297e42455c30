/**
 * The backend on TornadoVM, {@code tornado}. Where TornadoVM is not on the module path the module still resolves, and its
 * provider says what is missing.
 */
module io.arkvale.tornado {
    requires transitive io.arkvale.api;
    requires io.arkvale.core;
    requires static org.jspecify;
    requires static tornado.api;

    // TornadoVM reads the kernels' methods.
    opens io.arkvale.tornado;

    provides io.arkvale.api.BackendProvider with
            io.arkvale.tornado.TornadoProvider;
}
