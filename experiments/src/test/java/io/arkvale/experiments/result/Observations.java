package io.arkvale.experiments.result;

import io.arkvale.experiments.report.Origin;
import java.util.List;

/** Observations as tests need them. */
final class Observations {
    private static final Usage USAGE = new Usage(1, 2, 3.25, 4, 4.5, 5, 6, 7, 0.5, 8, 9);
    private static final Origin ORIGIN = new Origin(7, "model", null, null, "1.0", null, "25");

    private Observations() {}

    static Observation of(String cell, String episode, int question, double score) {
        return new Observation(
                cell,
                episode,
                question,
                "task",
                "policy",
                1,
                1,
                "question-after",
                0,
                "asked?",
                "said \u00e9\n",
                List.of("expected"),
                score,
                1,
                100,
                question == 0,
                USAGE,
                new Fidelity(Double.NaN, 0.1 + 0.2, 1),
                ORIGIN);
    }
}
