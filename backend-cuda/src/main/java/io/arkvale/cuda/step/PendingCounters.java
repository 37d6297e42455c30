package io.arkvale.cuda.step;

import io.arkvale.cuda.driver.Downloads.Download;

/** What a step has counted, on its way to the host. */
public record PendingCounters(CounterLayout layout, Download download) {
    /** Whether it is there. */
    public boolean isComplete() {
        return download.isComplete();
    }

    /** Waits for it; asked once. */
    public Counters await() {
        return layout.read(download.await());
    }
}
