/** The service-provider interface of the recallable paged key-value cache. */
module io.arkvale.api {
    requires static transitive org.jspecify;
}
