package io.arkvale.experiments.observe;

import io.arkvale.experiments.report.Report;
import io.arkvale.llama.attention.KeyValueStore;

/** Watches the full attention of a text whose beginning is prefilled. */
interface Watcher extends AutoCloseable {
    /** The context is prefilled. Valid during the call. */
    default void begin(KeyValueStore context) {}

    /** A layer has attended; layers ascending, tokens one after another. */
    void watch(LayerAttention attention);

    /** What was seen. */
    Report report();

    @Override
    default void close() {}
}
