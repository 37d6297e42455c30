package io.arkvale.serving;

import static io.arkvale.serving.Serving.budget;
import static io.arkvale.serving.Serving.shape;
import static io.arkvale.serving.Serving.submit;
import static io.arkvale.serving.Serving.words;
import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.SequenceSpec;
import io.arkvale.serving.EngineOptions.Residence;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests of all kinds for a minute, or for as long as {@code -Darkvale.soak=PT30M} says, while memory and steps are refused,
 * the disk is full or slow, sequences are spoilt, and clients stop reading: each ends as it must, and nothing is left.
 */
@Tag("thorough")
class SoakTest {
    private static final int AT_A_TIME = 60;
    private static final int SAMPLES = 15;

    /** After so many requests the disk is full for some, and a client comes that does not read. */
    private static final int BETWEEN_DISK_FAULTS = 150;

    private static final int FULL_FOR = 15;

    private static final int BETWEEN_STOPPED_READERS = 100;
    private static final long MEBIBYTE = 1 << 20;

    private record Sent(Request request, Serving.Heard heard, boolean cancelled) {}

    private final Random random = new Random(29);
    private final SoakFaults faults = new SoakFaults();
    private final Map<Finish, Integer> ended = new EnumMap<>(Finish.class);
    private final List<Footprint> footprints = new ArrayList<>();
    private int checked;
    private int lostBackups;

    @Test
    void nothingIsLostCrossedOrStuck(@TempDir Path directory, @TempDir Path disk)
            throws IOException, InterruptedException {
        var options = new EngineOptions(48, 8, 200, 8, Residence.BUDGET);
        try (var serving = new Serving(directory);
                var engine = serving.engine(spec(disk), options, cache -> Faults.over(cache, faults))) {
            int stopped;
            try (var readers = new StoppedReaders(serving, engine)) {
                soak(serving, engine, readers, Duration.parse(System.getProperty("arkvale.soak", "PT1M")));
                stopped = readers.opened();
            }
            while (engine.status().running() + engine.status().waiting() > 0) {
                Thread.sleep(1); // those that did not read are gone when their connections are
            }
            engine.forget();
            var status = engine.status();
            System.out.println("printed: " + checked + " requests ended: " + ended + ", " + lostBackups
                    + " of them for a backup; " + stopped + " clients stopped reading; " + faults);
            assertThat(status.kept()).isZero();
            assertThat(status.memory().usedDeviceSlots()).isZero();
            assertThat(status.memory().usedHostSlots()).isZero();
            assertThat(status.memory().usedDiskSlots()).isZero();
            assertThat(status.memory().digests()).isZero();
            assertThat(status.ended().values().stream()
                            .mapToLong(Long::longValue)
                            .sum())
                    .isEqualTo(checked + stopped);
        }
        assertThat(checked).isGreaterThan(100);
        assertThat(ended.keySet()).contains(Finish.LENGTH, Finish.CANCELLED, Finish.TIME_LIMIT, Finish.FAILED);
        assertThat(lostBackups > 0).isEqualTo(DiskLimit.isAvailable());
        // The first third is for compilers and for buffers that grow.
        var settled = footprints.subList(SAMPLES / 3, SAMPLES);
        long least = settled.stream().mapToLong(Footprint::heap).min().orElseThrow();
        assertThat(settled.getLast().heap()).isLessThan(least + 8 * MEBIBYTE);
    }

    /** Few slots on the host, so that most backups are on disk. */
    private static CacheSpec spec(Path disk) {
        var room = shape().roomFor(budget(64), 700, 1, 48)
                .roomFor(budget(64), 300, 5, 48)
                .build();
        return shape().deviceSlots(room.deviceSlots())
                .hostSlots(room.hostSlots() / 4)
                .disk(room.hostSlots(), disk)
                .build();
    }

    private void soak(Serving serving, Engine engine, StoppedReaders readers, Duration length) throws IOException {
        var documents =
                IntStream.range(0, 6).mapToObj(i -> words(random, 20 + 30 * i)).toList();
        var sent = new ArrayDeque<Sent>();
        long began = System.nanoTime();
        long end = began + length.toNanos();
        DiskLimit full = null;
        try {
            while (System.nanoTime() < end || !sent.isEmpty()) {
                if (System.nanoTime() < end && sent.size() < AT_A_TIME) {
                    sent.add(send(engine, request(documents)));
                    continue;
                }
                check(serving, sent.remove());
                full = disk(full);
                if (checked % BETWEEN_STOPPED_READERS == 0 && System.nanoTime() < end) {
                    readers.next();
                }
                long due = began + length.toNanos() / SAMPLES * (footprints.size() + 1);
                if (System.nanoTime() >= due && footprints.size() < SAMPLES) {
                    footprints.add(Footprint.now());
                    System.out.println("printed: " + checked + " requests, " + footprints.getLast());
                }
            }
        } finally {
            if (full != null) {
                full.close();
            }
        }
    }

    private @Nullable DiskLimit disk(@Nullable DiskLimit full) throws IOException {
        if (DiskLimit.isAvailable() && checked % BETWEEN_DISK_FAULTS == 0) {
            return DiskLimit.full();
        }
        if (full != null && checked % BETWEEN_DISK_FAULTS == FULL_FOR) {
            full.close();
            return null;
        }
        return full;
    }

    private Request request(List<int[]> documents) {
        var text = Text.prompt(documents.get(random.nextInt(documents.size())))
                .thenPrompt(words(random, 1 + random.nextInt(80)));
        var settings = random.nextInt(8) == 0 ? SequenceSpec.full() : budget(48 + 8 * random.nextInt(3));
        var limit = random.nextInt(10) == 0 ? Duration.ofMillis(random.nextInt(100)) : null;
        return new Request(
                text, 1 + random.nextInt(30), settings, Sampling.GREEDY, List.of(), random.nextInt(3), limit);
    }

    private Sent send(Engine engine, Request request) {
        var heard = submit(engine, request);
        boolean cancelled = random.nextInt(10) == 0;
        if (cancelled) {
            heard.cancel();
        }
        return new Sent(request, heard, cancelled);
    }

    /** Whatever it has must be what it gets alone. */
    private void check(Serving serving, Sent sent) {
        var answer = sent.heard.await();
        checked++;
        ended.merge(answer.finish(), 1, Integer::sum);
        assertThat(sent.heard.heardAfterTheEnd()).isFalse();
        assertThat(answer.tokens()).isEqualTo(Arrays.copyOf(serving.solo(sent.request), answer.answerTokens()));
        switch (answer.finish()) {
            case CANCELLED -> assertThat(sent.cancelled).isTrue();
            case TIME_LIMIT -> assertThat(sent.request.timeLimit()).isNotNull();
            case FAILED -> {
                var error = Objects.requireNonNull(answer.error());
                assertThat(error).containsAnyOf("NaN", "a backup could not be", "out of bytes of device memory");
                lostBackups += error.contains("a backup could not be") ? 1 : 0;
            }
            default -> assertThat(answer.answerTokens()).isEqualTo(sent.request.maxTokens());
        }
    }
}
