package io.arkvale.serving;

import static io.arkvale.serving.Serving.budget;
import static io.arkvale.serving.Serving.shape;
import static io.arkvale.serving.Serving.submit;
import static io.arkvale.serving.Serving.words;
import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.api.SequenceSpec;
import io.arkvale.serving.EngineOptions.Residence;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests of all kinds for a minute, or for as long as {@code -Darkvale.soak=PT30M} says, while steps are refused and
 * sequences spoilt: each ends as it must, and nothing is left.
 */
@Tag("thorough")
class SoakTest {
    private static final int AT_A_TIME = 60;

    private record Sent(Request request, Serving.Heard heard, boolean cancelled) {}

    @Test
    void nothingIsLostCrossedOrStuck(@TempDir Path directory, @TempDir Path disk) throws IOException {
        var length = Duration.parse(System.getProperty("arkvale.soak", "PT1M"));
        var random = new Random(29);
        var faults = new Random(31); // the engine's thread's own
        var fault = new AtomicLong();
        // Few slots on the host, so that most backups are on disk.
        var room = shape().roomFor(budget(64), 300, 6, 48).build();
        var spec = shape().deviceSlots(room.deviceSlots())
                .hostSlots(room.hostSlots() / 4)
                .disk(room.hostSlots(), disk)
                .build();
        var options = new EngineOptions(48, 8, 200, 8, Residence.BUDGET);
        try (var serving = new Serving(directory);
                var engine = serving.engine(
                        spec,
                        options,
                        cache -> Faults.over(cache, new Faults.Plan() {
                            @Override
                            public boolean refuses() {
                                return faults.nextInt(20) == 0;
                            }

                            @Override
                            public boolean spoils(int tokens, boolean decodes) {
                                boolean now = faults.nextInt(400) == 0;
                                fault.addAndGet(now ? 1 : 0);
                                return now;
                            }
                        }))) {
            var documents = IntStream.range(0, 6)
                    .mapToObj(i -> words(random, 20 + 30 * i))
                    .toList();
            var sent = new ArrayDeque<Sent>();
            long end = System.nanoTime() + length.toNanos();
            long checked = 0;
            long failed = 0;
            while (System.nanoTime() < end || !sent.isEmpty()) {
                if (System.nanoTime() < end && sent.size() < AT_A_TIME) {
                    sent.add(send(engine, request(random, documents), random));
                } else {
                    failed += check(serving, sent.remove()) ? 1 : 0;
                    checked++;
                }
            }
            assertThat(checked).isGreaterThan(100);
            assertThat(failed).isBetween(1L, fault.get());
            engine.forget();
            var status = engine.status();
            assertThat(status.running() + status.waiting() + status.kept()).isZero();
            assertThat(status.memory().usedDeviceSlots()).isZero();
            assertThat(status.memory().usedHostSlots()).isZero();
            assertThat(status.memory().usedDiskSlots()).isZero();
            assertThat(status.ended().values().stream()
                            .mapToLong(Long::longValue)
                            .sum())
                    .isEqualTo(checked);
        }
    }

    private static Request request(Random random, List<int[]> documents) {
        var text = Text.prompt(documents.get(random.nextInt(documents.size())))
                .thenPrompt(words(random, 1 + random.nextInt(80)));
        var settings = random.nextInt(8) == 0 ? SequenceSpec.full() : budget(48 + 8 * random.nextInt(3));
        var limit = random.nextInt(10) == 0 ? Duration.ofMillis(random.nextInt(100)) : null;
        return new Request(
                text, 1 + random.nextInt(30), settings, Sampling.GREEDY, List.of(), random.nextInt(3), limit);
    }

    private static Sent send(Engine engine, Request request, Random random) {
        var heard = submit(engine, request);
        boolean cancelled = random.nextInt(10) == 0;
        if (cancelled) {
            heard.cancel();
        }
        return new Sent(request, heard, cancelled);
    }

    /** Whether it was spoilt; whatever it has must be what it gets alone. */
    private static boolean check(Serving serving, Sent sent) {
        var answer = sent.heard.await();
        assertThat(sent.heard.heardAfterTheEnd()).isFalse();
        if (answer.finish() == Finish.CANCELLED) {
            assertThat(sent.cancelled).isTrue();
        }
        if (answer.finish() == Finish.TIME_LIMIT) {
            assertThat(sent.request.timeLimit()).isNotNull();
        }
        if (answer.finish() == Finish.LENGTH) {
            assertThat(answer.answerTokens()).isEqualTo(sent.request.maxTokens());
        }
        assertThat(answer.tokens()).isEqualTo(Arrays.copyOf(serving.solo(sent.request), answer.answerTokens()));
        if (answer.finish() == Finish.FAILED) {
            assertThat(answer.error()).contains("NaN");
            return true;
        }
        return false;
    }
}
