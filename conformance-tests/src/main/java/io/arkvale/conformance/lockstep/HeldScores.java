package io.arkvale.conformance.lockstep;

import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.Tensor;
import java.util.Arrays;
import java.util.List;

/** The tensor of a step's last {@code estimate}, which must keep its scores until the next one or the step's end. */
final class HeldScores {
    private final int layer;
    private final Tensor tensor;
    private final List<float[]> scores;

    /** Holds what the tensor reads now. */
    HeldScores(int layer, Tensor tensor, List<float[]> scores) {
        this.layer = layer;
        this.tensor = tensor;
        this.scores = scores;
    }

    /** Reads the tensor again. */
    void verify(String after) {
        var now = Lockstep.legal(
                406,
                "reading the tensor of estimate of layer " + layer + " after " + after,
                () -> Staging.read(tensor, scores.size()));
        for (var row = 0; row < scores.size(); row++) {
            require(
                    406,
                    Arrays.equals(now.get(row), scores.get(row)),
                    "row %d of the tensor that estimate of layer %d returned is %s after %s, must still be %s",
                    row,
                    layer,
                    Arrays.toString(now.get(row)),
                    after,
                    Arrays.toString(scores.get(row)));
        }
    }
}
