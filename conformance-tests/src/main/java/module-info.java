/** The conformance kit: properties that every backend holds. */
module io.arkvale.conformance {
    requires transitive io.arkvale.api;
    requires transitive net.jqwik.api;
    requires transitive org.junit.jupiter.api;
    requires org.junit.platform.launcher;
    requires org.assertj.core;
    requires static org.jspecify;
}
