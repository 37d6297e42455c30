/** Serves many requests over one cache: an engine, an HTTP server in front of it, and a client that loads it. */
@SuppressWarnings("requires-transitive-automatic") // The decoder's libraries.
module io.arkvale.serving {
    requires transitive io.arkvale.api;
    requires transitive io.arkvale.llama;
    requires java.net.http;
    requires jdk.httpserver;
    requires tools.jackson.databind;
    requires static org.jspecify;

    exports io.arkvale.serving;
    exports io.arkvale.serving.http;
    exports io.arkvale.serving.load;
}
