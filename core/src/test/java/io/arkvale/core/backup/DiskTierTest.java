package io.arkvale.core.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.Batch;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.core.CountingCache;
import io.arkvale.core.CountingDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskTierTest {
    private static CountingCache cache(Path directory) {
        var spec = CountingCache.spec(1)
                .deviceSlots(100)
                .hostSlots(2)
                .disk(100, directory)
                .build();
        return new CountingCache(spec, given -> new CountingDevice(given, true));
    }

    @Test
    void theFileEndsWithTheProcessHoweverThatEnds(@TempDir Path directory) throws IOException {
        try (var counting = cache(directory)) {
            counting.prompt(CountingCache.SETTINGS, 80);
            counting.cache.synchronize();
            assertThat(counting.cache.memory().usedHostSlots()).isEqualTo(2);
            assertThat(counting.cache.memory().usedDiskSlots()).isEqualTo(18);
            assertThat(counting.cache.memory().diskBytes()).isEqualTo(18 * Float.BYTES);
            try (var files = Files.list(directory)) {
                assertThat(files).isEmpty(); // it is open, and has no name that could be left behind
            }
        }
    }

    @Test
    void anInterruptedThreadReadsFromDiskAndStaysInterrupted(@TempDir Path directory) {
        try (var counting = cache(directory)) {
            var first = counting.prompt(CountingCache.SETTINGS, 80);
            var second = counting.prompt(CountingCache.SETTINGS, 80);
            Thread.currentThread().interrupt();
            // Page 10 is on disk; its last key is 44.
            var report = counting.decode(first, scoresFor(10));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(report.sequences().getFirst().recalledPages()).isOne();
            assertThat(counting.decode(second, scoresFor(10)).recalledBytes()).isEqualTo(Float.BYTES);
        }
    }

    private static float[] scoresFor(int page) {
        var scores = new float[20];
        scores[page] = 1;
        return scores;
    }

    @Test
    void aDirectoryThatDoesNotExistIsRefusedAndTheDeviceIsFreed(@TempDir Path directory) {
        var devices = new ArrayList<CountingDevice>();
        var spec = CountingCache.spec(1)
                .deviceSlots(1)
                .disk(1, directory.resolve("missing"))
                .build();
        assertThatThrownBy(() -> new CountingCache(spec, given -> {
                    var device = new CountingDevice(given, true);
                    devices.add(device);
                    return device;
                }))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("is not an existing directory");
        assertThat(devices)
                .singleElement()
                .satisfies(device -> assertThat(device.closings()).isOne());
    }

    @Test
    void aStepGivenUpReadsBackWhatItEvicted(@TempDir Path directory) {
        try (var counting = cache(directory)) {
            var sequence = counting.prompt(CountingCache.SETTINGS, 80);
            var before = counting.cache.view().page(sequence, 0, 0, 17);
            try (var step = counting.cache.step(Batch.decode(sequence))) {
                step.append(0, counting.rows(81, 1), counting.rows(0, 1));
                step.select(0, counting.tensor(scoresFor(10)));
                step.recall(0);
                assertThat(counting.cache.view().page(sequence, 0, 0, 10).resident())
                        .isTrue();
            }
            assertThat(counting.cache.view().page(sequence, 0, 0, 10).resident())
                    .isFalse();
            assertThat(counting.cache.view().page(sequence, 0, 0, 17).resident())
                    .isEqualTo(before.resident());
        }
    }
}
