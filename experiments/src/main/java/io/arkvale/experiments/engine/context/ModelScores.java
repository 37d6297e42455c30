package io.arkvale.experiments.engine.context;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What some policies ask of the model itself, beside its prefill; each part is there if a run asks for it.
 *
 * @param repetition attention that the context gets while the model reads it again
 * @param headLosses {@code [layers][kvHeads]}: what an answer loses if the head sees only first and last tokens
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ModelScores(float @Nullable [][][] repetition, double @Nullable [][] headLosses) {
    /** Nothing: no model, or nobody asks. */
    public static final ModelScores NONE = new ModelScores(null, null);

    public float[][][] requireRepetition() {
        return Objects.requireNonNull(repetition, "the model has not repeated the context");
    }

    public double[][] requireHeadLosses() {
        return Objects.requireNonNull(headLosses, "the model's heads have not been told apart");
    }
}
