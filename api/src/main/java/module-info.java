/** The service-provider interface of ArkVale and its rules. */
module io.arkvale.api {
    requires static transitive org.jspecify;
    requires transitive jdk.jfr;

    exports io.arkvale.api;
    exports io.arkvale.spi;

    uses io.arkvale.api.BackendProvider;
}
