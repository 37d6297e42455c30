/** The conformance kit: properties that every backend holds. */
module io.arkvale.conformance {
    requires transitive io.arkvale.api;
    requires net.jqwik.api;
    requires static transitive org.junit.jupiter.api;
    requires static org.jspecify;

    exports io.arkvale.conformance;
    // So that a case that failed can be pasted into a test.
    exports io.arkvale.conformance.cases;
}
