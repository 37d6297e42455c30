package io.arkvale.core.step;

/** What comes of a step whose work may still be under way. */
public interface PendingOutcome {
    /** Whether {@link #await} returns without waiting. */
    boolean isComplete();

    /** Waits. Asked again only if it raises an error. */
    StepOutcome await();

    /** The outcome of a step that nobody has to wait for. */
    static PendingOutcome complete(StepOutcome outcome) {
        return new PendingOutcome() {
            @Override
            public boolean isComplete() {
                return true;
            }

            @Override
            public StepOutcome await() {
                return outcome;
            }
        };
    }
}
