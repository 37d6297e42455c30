/** The backend on TornadoVM, {@code tornado}, as it is built without TornadoVM: its provider, which says what is missing. */
module io.arkvale.tornado {
    requires transitive io.arkvale.api;
    requires io.arkvale.core;
    requires static org.jspecify;

    provides io.arkvale.api.BackendProvider with
            io.arkvale.tornado.TornadoProvider;
}
