package io.arkvale.core.step;

/** What comes of a step whose work may still be under way. */
public interface PendingOutcome {
    /** Whether {@link #await} returns without waiting. */
    boolean isComplete();

    /** Waits. Asked again only if it raises an error. */
    StepOutcome await();
}
