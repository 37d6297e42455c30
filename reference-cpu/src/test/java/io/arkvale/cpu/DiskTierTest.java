package io.arkvale.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.Backends;
import io.arkvale.api.BackupException;
import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.KvCache;
import io.arkvale.api.PoisonedSequenceException;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskTierTest {
    private static final SequenceSpec SEQUENCE = SequenceSpec.builder(4)
            .budgetPages(6)
            .attendedPages(4)
            .sinkPages(1)
            .windowPages(1)
            .denseLayers(0)
            .build();

    private static CacheSpec spec(Path directory) {
        return CacheSpec.builder(1, 2, 1, 8)
                .pageSize(4)
                .deviceSlots(100)
                .disk(100, directory)
                .build();
    }

    private static Tensor random(KvCache cache, int rows, int heads, Random random) {
        var values = new float[rows * heads * 8];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        var tensor = cache.allocate(cache.spec().elementType(), rows, heads, 8);
        tensor.copyFrom(MemorySegment.ofArray(values));
        return tensor;
    }

    @Test
    void backupsOnDiskAreOneFileThatTheCacheRemoves(@TempDir Path directory) throws IOException {
        try (var backend = Backends.create("cpu", Map.of("threads", "1"))) {
            try (var cache = backend.open(spec(directory))) {
                prefill(cache, 80, new Random(1));
                assertThat(cache.memory().usedDiskSlots()).isEqualTo(20);
                try (var files = Files.list(directory)) {
                    assertThat(files).hasSize(1);
                }
            }
        }
        try (var files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void aBackupThatCannotBeReadPoisonsItsSequenceAtCommit(@TempDir Path directory) throws IOException {
        var random = new Random(2);
        try (var backend = Backends.create("cpu", Map.of("threads", "1"));
                var cache = backend.open(spec(directory))) {
            var sequence = prefill(cache, 80, random);
            cache.synchronize();
            truncateFiles(directory);

            assertThatThrownBy(() -> decodeUntilARecall(cache, sequence, random))
                    .isInstanceOf(BackupException.class)
                    .satisfies(error ->
                            assertThat(((BackupException) error).poisoned()).containsExactly(sequence));

            assertThat(sequence.isPoisoned()).isTrue();
            assertThatThrownBy(() -> cache.step(Batch.decode(sequence))).isInstanceOf(PoisonedSequenceException.class);
            sequence.close();
            assertThat(cache.memory().usedDeviceSlots()).isZero();
            assertThat(cache.memory().usedDiskSlots()).isZero();
        }
    }

    @Test
    void aDirectoryThatDoesNotExistIsRefused(@TempDir Path directory) {
        try (var backend = Backends.create("cpu", Map.of())) {
            assertThatThrownBy(() -> backend.open(spec(directory.resolve("missing"))))
                    .isInstanceOf(InvalidArgumentException.class)
                    .hasMessageContaining("is not an existing directory");
        }
    }

    private static io.arkvale.api.Sequence prefill(KvCache cache, int tokens, Random random) {
        var sequence = cache.begin(SEQUENCE);
        try (var step = cache.step(Batch.of(sequence, tokens))) {
            step.ingest(0, new int[] {tokens}, random(cache, tokens, 1, random), random(cache, tokens, 1, random));
            step.finishPrefill(0, random(cache, 1, 2, random));
            step.commit();
        }
        return sequence;
    }

    private static void decodeUntilARecall(KvCache cache, io.arkvale.api.Sequence sequence, Random random) {
        for (int i = 0; i < 50; i++) {
            try (var step = cache.step(Batch.decode(sequence))) {
                step.decode(
                        0,
                        random(cache, 1, 2, random),
                        random(cache, 1, 1, random),
                        random(cache, 1, 1, random),
                        cache.allocateQueries(1));
                step.commit();
            }
        }
    }

    private static void truncateFiles(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            for (var file : files.toList()) {
                FileChannel.open(file, StandardOpenOption.WRITE).truncate(0).close();
            }
        }
    }
}
