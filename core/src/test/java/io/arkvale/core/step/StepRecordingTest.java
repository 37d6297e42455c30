package io.arkvale.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.api.Backends;
import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.SequenceSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepRecordingTest {
    @Test
    void aCommittedStepIsSeenByAFlightRecorderAndOneGivenUpIsNot(@TempDir Path directory) throws IOException {
        var file = directory.resolve("steps.jfr");
        try (var recording = new Recording()) {
            recording.enable("io.arkvale.Step").withoutThreshold();
            recording.start();
            decodeTwiceAndGiveUpOnce();
            recording.stop();
            recording.dump(file);
        }
        var events = RecordingFile.readAllEvents(file);
        assertThat(events).hasSize(2).allSatisfy(event -> {
            assertThat(event.getString("backend")).isEqualTo("cpu");
            assertThat(event.getInt("sequences")).isEqualTo(2);
            assertThat(event.getInt("tokens")).isEqualTo(2);
            assertThat(event.getDuration()).isPositive();
        });
    }

    private static void decodeTwiceAndGiveUpOnce() {
        var settings = SequenceSpec.builder(4).budgetPages(6).denseLayers(0).build();
        var spec = CacheSpec.builder(1, 2, 1, 8)
                .pageSize(4)
                .roomFor(settings, 16, 2)
                .build();
        try (var backend = Backends.create("cpu", Map.of("threads", "1"));
                var cache = backend.open(spec);
                var first = cache.begin(settings);
                var second = cache.begin(settings);
                var queries = cache.allocateQueries(2);
                var keys = cache.allocateKeys(2);
                var output = cache.allocateQueries(2)) {
            for (int i = 0; i < 3; i++) {
                try (var step = cache.step(Batch.decode(first, second))) {
                    step.decode(0, queries, keys, keys, output);
                    if (i < 2) {
                        step.commit();
                    }
                }
            }
        }
    }
}
