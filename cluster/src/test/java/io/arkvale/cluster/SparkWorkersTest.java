package io.arkvale.cluster;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.study.Assignment;
import io.arkvale.experiments.study.Job;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What fails ends the study with a sentence, and never leaves it waiting. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SparkWorkersTest {
    @Test
    void aMasterThatIsNoneIsASentence() {
        assertThatThrownBy(() -> new SparkCluster().workers("local[no]"))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("Spark cannot be reached at local[no]: ");
    }

    @Test
    void aJobThatIsWrongSaysWhatIsWrong() {
        assertThatThrownBy(() -> run(List.of("passkey", "--lengths", "none"), 0))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("--lengths");
    }

    @Test
    void aTaskThatBreaksEndsTheStudy() {
        var words = List.of("passkey --model ../models/needle-5m --lengths 200 --budgets 64 --samples 1 --policies full"
                .split(" "));
        assertThatThrownBy(() -> run(words, -1))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("Spark gave the study up: ");
    }

    private static void run(List<String> words, int piece) {
        try (var workers = new SparkCluster().workers("local[1]")) {
            workers.run(
                    List.of(new Job(new Assignment(words, Map.of()), piece, "a job", List.of())), observations -> {});
        }
    }
}
