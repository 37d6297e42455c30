package io.arkvale.core.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.api.Batch;
import io.arkvale.core.CountingCache;
import io.arkvale.core.CountingDevice;
import java.io.IOException;
import java.nio.file.Path;
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
            assertThat(event.getString("backend")).isEqualTo("counting");
            assertThat(event.getInt("sequences")).isEqualTo(2);
            assertThat(event.getInt("tokens")).isEqualTo(2);
            assertThat(event.getDuration()).isPositive();
        });
    }

    private static void decodeTwiceAndGiveUpOnce() {
        try (var counting = new CountingCache(
                CountingCache.spec(1).deviceSlots(40).hostSlots(40).build(), spec -> new CountingDevice(spec, false))) {
            var first = counting.cache.begin(CountingCache.SETTINGS);
            var second = counting.cache.begin(CountingCache.SETTINGS);
            var rows = counting.rows(1, 2);
            for (int i = 0; i < 3; i++) {
                try (var step = counting.cache.step(Batch.decode(first, second))) {
                    step.decode(0, rows, rows, rows, counting.rows(0, 2));
                    if (i < 2) {
                        step.commit();
                    }
                }
            }
        }
    }
}
