package io.arkvale.api;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** Java Flight Recorder event of a committed step, emitted by every backend. */
@Name("io.arkvale.Step")
@Label("ArkVale step")
@Category("ArkVale")
@StackTrace(false)
public final class StepEvent extends Event {
    /** Backend id. */
    @Label("Backend")
    public String backend = "";

    /** Sequences of the batch. */
    @Label("Sequences")
    public int sequences;

    /** Tokens of the batch. */
    @Label("Tokens")
    public int tokens;

    /** Group pages recalled, counted as if each sequence ran alone. */
    @Label("Recalled pages")
    public long recalledPages;

    /** Group pages evicted, counted as if each sequence ran alone. */
    @Label("Evicted pages")
    public long evictedPages;

    /** Group pages attended to without recalling them. */
    @Label("Hits")
    public long hits;

    /** Bytes copied from backup tiers. */
    @Label("Recalled bytes")
    @DataAmount
    public long recalledBytes;

    /** Bytes copied to backup tiers. */
    @Label("Backed up bytes")
    @DataAmount
    public long backedUpBytes;

    /** Time of the recalls, 0 if it is not measured apart. */
    @Label("Recall time")
    @Timespan(Timespan.NANOSECONDS)
    public long recallNanos;

    /** Creates an event; {@link #begin()} it when the step opens. */
    public StepEvent() {}

    /** Fills in the report and commits the event, if it is being recorded. */
    public void commit(Backend source, Batch batch, StepReport report) {
        end();
        if (!shouldCommit()) {
            return;
        }
        backend = source.id();
        sequences = batch.size();
        tokens = batch.rows();
        var done = CacheStats.of(report);
        hits = done.hits();
        recalledPages = done.recalls();
        evictedPages = done.evictions();
        recalledBytes = done.recalledBytes();
        backedUpBytes = done.backedUpBytes();
        recallNanos = done.recallNanos();
        commit();
    }
}
