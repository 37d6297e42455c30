package io.arkvale.api;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

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

    /** Bytes copied from backup tiers. */
    @Label("Recalled bytes")
    @DataAmount
    public long recalledBytes;

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
        for (var counts : report.sequences()) {
            recalledPages += counts.recalledPages();
            evictedPages += counts.evictedPages();
        }
        recalledBytes = report.recalledBytes();
        commit();
    }
}
