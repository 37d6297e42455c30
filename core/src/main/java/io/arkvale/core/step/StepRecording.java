package io.arkvale.core.step;

import io.arkvale.api.Backend;
import io.arkvale.api.Batch;
import io.arkvale.api.StepEvent;
import io.arkvale.api.StepReport;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * Tells a flight recorder of a step, with a {@link StepEvent}. Where none runs it does nothing: the event's class alone
 * would start one up, which takes a tenth of a second.
 */
public final class StepRecording {
    private final Backend backend;
    private final Batch batch;
    private final @Nullable StepEvent event;

    /** Begins; made when the step opens. */
    public StepRecording(Backend backend, Batch batch) {
        this.backend = backend;
        this.batch = batch;
        event = FlightRecorder.isInitialized() ? new StepEvent() : null;
        if (event != null) {
            event.begin();
        }
    }

    /** Ends, with what the step reports. */
    public void commit(StepReport report) {
        if (event != null) {
            event.commit(backend, batch, report);
        }
    }
}
