package example;

import io.arkvale.experiments.result.CellMetric;
import io.arkvale.experiments.result.Observation;
import java.util.List;

/** How long answers are. */
public final class AnswerLength implements CellMetric {
    @Override
    public String name() {
        return "answer_characters";
    }

    @Override
    public Object of(List<Observation> observations) {
        return Math.round(observations.stream()
                .mapToInt(observation -> observation.said().length())
                .average()
                .orElse(0));
    }
}
