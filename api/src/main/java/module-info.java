/** The service-provider interface of ArkVale and its rules. */
module io.arkvale.api {
    requires static transitive org.jspecify;
    requires transitive jdk.jfr;

    exports io.arkvale.api;
    exports io.arkvale.api.support;

    uses io.arkvale.api.BackendProvider;
}
