package io.arkvale.conformance;

/** Hears of tests as they run: of several at once, if several threads run them. */
public interface ConformanceListener {
    /** A listener that does nothing. */
    ConformanceListener SILENT = new ConformanceListener() {};

    /** A test begins. */
    default void started(int rule, String test) {}

    /** A test has ended. */
    default void finished(RuleResult result) {}
}
