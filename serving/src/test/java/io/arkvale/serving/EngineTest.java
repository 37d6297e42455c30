package io.arkvale.serving;

import static io.arkvale.serving.Serving.PAGE;
import static io.arkvale.serving.Serving.budget;
import static io.arkvale.serving.Serving.shape;
import static io.arkvale.serving.Serving.submit;
import static io.arkvale.serving.Serving.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.arkvale.api.Backends;
import io.arkvale.api.SequenceSpec;
import io.arkvale.serving.EngineOptions.Residence;
import io.arkvale.serving.RefusedException.Cure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EngineTest {
    private static final EngineOptions OPTIONS = new EngineOptions(48, 8, 200, 8, Residence.BUDGET);

    private Serving serving;

    @BeforeAll
    void load(@TempDir Path directory) throws IOException {
        serving = new Serving(directory);
    }

    @AfterAll
    void close() {
        serving.close();
    }

    private static void assertBaseline(Engine engine) {
        engine.forget();
        var status = engine.status();
        assertThat(status.running() + status.waiting() + status.kept()).isZero();
        assertThat(status.memory().usedDeviceSlots()).isZero();
        assertThat(status.memory().usedHostSlots()).isZero();
        assertThat(status.memory().digests()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void everyAnswerEqualsItsSoloRunWhateverComesAndGoesBesideIt(long seed) {
        var random = new Random(seed);
        var documents = List.of(words(random, 150), words(random, 90));
        var requests = new ArrayList<Request>();
        for (int i = 0; i < 40; i++) {
            var text = Text.prompt();
            if (random.nextInt(3) > 0) {
                var document = documents.get(random.nextInt(2));
                text = text.thenPrompt(Arrays.copyOf(document, 1 + random.nextInt(document.length)));
            }
            text = text.thenPrompt(words(random, 1 + random.nextInt(60)));
            var settings = random.nextInt(4) == 0 ? SequenceSpec.full() : budget(48 + 8 * random.nextInt(3));
            var limit = random.nextInt(10) == 0 ? Duration.ofMillis(random.nextInt(20)) : null;
            requests.add(new Request(
                    text, 1 + random.nextInt(20), settings, Sampling.GREEDY, List.of(), random.nextInt(3), limit));
        }
        // Room for some three texts, so that most wait.
        var spec = shape().roomFor(SequenceSpec.full(), 240, 2)
                .roomFor(budget(64), 240, 3, 48)
                .build();
        try (var engine = serving.engine(spec, OPTIONS)) {
            var heard = new ArrayList<Serving.Heard>();
            for (var request : requests) {
                heard.add(submit(engine, request));
                if (random.nextInt(8) == 0) {
                    heard.get(random.nextInt(heard.size())).cancel();
                }
                if (random.nextInt(4) == 0) {
                    heard.get(random.nextInt(heard.size())).await();
                }
            }
            long whole = 0;
            for (int i = 0; i < requests.size(); i++) {
                var answer = heard.get(i).await();
                var solo = serving.solo(requests.get(i));
                assertThat(answer.error()).isNull();
                if (answer.finish() == Finish.LENGTH) {
                    assertThat(answer.tokens()).as("request " + i).isEqualTo(solo);
                    whole++;
                } else {
                    assertThat(answer.finish()).isIn(Finish.CANCELLED, Finish.TIME_LIMIT);
                    assertThat(answer.tokens()).isEqualTo(Arrays.copyOf(solo, answer.answerTokens()));
                }
                assertThat(heard.get(i).heardAfterTheEnd()).isFalse();
            }
            assertThat(whole).isGreaterThan(20);
            assertThat(engine.status().sharedTokens()).isPositive();
            assertThat(engine.status().cache().recalls()).isPositive();
            assertBaseline(engine);
        }
    }

    @Test
    void manyConversationsOverOneDocumentReadItOnceAndCopyNoPageOfIt() {
        var random = new Random(5);
        var document = words(random, 160);
        int questions = 12;
        var requests = IntStream.range(0, questions)
                .mapToObj(i -> Request.greedy(
                        Text.prompt(document).thenPrompt('A' + i).thenPrompt(words(random, 15)), 8, budget(64)))
                .toList();
        var spec = shape().roomFor(budget(64), 200, questions).build();
        long alone;
        try (var engine = serving.engine(spec, OPTIONS)) {
            submit(engine, requests.getFirst()).await();
            alone = engine.status().cache().backedUpBytes();
        }
        try (var engine = serving.engine(spec, OPTIONS)) {
            var heard = submit(engine, requests);
            for (int i = 0; i < questions; i++) {
                assertThat(heard.get(i).await().tokens()).isEqualTo(serving.solo(requests.get(i)));
                assertThat(heard.get(i).await().sharedTokens()).isEqualTo(i == 0 ? 0 : document.length);
            }
            var status = engine.status();
            assertThat(status.readTokens()).isEqualTo(document.length + questions * 16);
            assertThat(status.sharedTokens()).isEqualTo((questions - 1L) * document.length);
            // Each has filled pages of its own behind the document: 16 tokens of question and up to 8 of answer.
            long own = 2L * ((160 + 23) / PAGE - 160 / PAGE);
            long slot = spec.slotBytes();
            assertThat(status.cache().backedUpBytes()).isEqualTo(alone + (questions - 1) * own * slot);
            assertBaseline(engine);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aConversationGoesOnFromWhatIsKeptOrReadsItAgainWithTheSameBits(boolean forgotten) {
        var random = new Random(7);
        var first = Request.greedy(Text.prompt(words(random, 130)), 20, budget(48));
        var spec = shape().roomFor(budget(48), 400, 3).build();
        var question = words(random, 30);
        int[] expected;
        try (var engine = serving.engine(spec, OPTIONS)) {
            var text = submit(engine, first).await().text();
            expected = submit(engine, Request.greedy(text.thenPrompt(question), 25, budget(48)))
                    .await()
                    .tokens();
        }
        try (var engine = serving.engine(spec, OPTIONS)) {
            var answer = submit(engine, first).await();
            if (forgotten) {
                engine.forget();
            }
            var second = Request.greedy(answer.text().thenPrompt(question), 25, budget(48));
            var other = Request.greedy(answer.text().thenPrompt(words(random, 20)), 25, budget(48));
            var heard = submit(engine, List.of(second, other));
            assertThat(heard.getFirst().await().tokens()).isEqualTo(expected);
            assertThat(heard.getFirst().await().sharedTokens()).isEqualTo(forgotten ? 0 : 149);
            heard.getLast().await();
            assertBaseline(engine);
        }
    }

    @Test
    void memoryThatIsPlentyHoldsWholeTextsAndUnderPressureBudgets() {
        var random = new Random(9);
        var options = new EngineOptions(48, 8, 200, 0, Residence.FULL_UNTIL_PRESSURE);
        var requests = IntStream.range(0, 6)
                .mapToObj(i -> Request.greedy(Text.prompt(words(random, 200)), 40, budget(48)))
                .toList();
        // One text fits whole, six within their budgets.
        var spec = shape().roomFor(budget(48), 240, 6, 48).build();
        try (var engine = serving.engine(spec, options)) {
            var alone = submit(engine, requests.getFirst()).await();
            assertThat(alone.tokens())
                    .isEqualTo(serving.solo(Request.greedy(requests.getFirst().text(), 40, SequenceSpec.full())));
            assertThat(engine.status().lowered()).isZero();
            assertThat(engine.status().cache().evictions()).isZero();
            for (var heard : submit(engine, requests)) {
                assertThat(heard.await().finish()).isEqualTo(Finish.LENGTH);
            }
            assertThat(engine.status().lowered()).isPositive();
            assertThat(engine.status().cache().evictions()).isPositive();
            assertBaseline(engine);
        }
    }

    @Test
    void anErrorInOneSequenceEndsItsRequestAlone() {
        var random = new Random(13);
        var requests = IntStream.range(0, 6)
                .mapToObj(i -> Request.greedy(Text.prompt(words(random, 60 + i)), 10, budget(48)))
                .toList();
        var spec = shape().roomFor(budget(48), 100, 8).build();
        try (var engine = serving.engine(
                spec,
                OPTIONS,
                cache -> Faults.over(cache, new Faults.Plan() {
                    @Override
                    public boolean spoils(int length, boolean decodes) {
                        return decodes && length == 63 + 5; // the fourth request's alone, at its fifth token
                    }
                }))) {
            var heard = submit(engine, requests);
            // Those whose prompts are long enough reach the length that is spoilt.
            for (int i = 0; i < requests.size(); i++) {
                var answer = heard.get(i).await();
                var solo = serving.solo(requests.get(i));
                int spoilt = 69 - requests.get(i).text().length(); // tokens there are when the spoilt one is read
                if (spoilt < 10) {
                    assertThat(answer.finish()).isEqualTo(Finish.FAILED);
                    assertThat(answer.error()).contains("NaN");
                    assertThat(answer.tokens()).isEqualTo(Arrays.copyOf(solo, spoilt));
                } else {
                    assertThat(answer.tokens()).isEqualTo(solo);
                }
            }
            assertThat(heard).anyMatch(one -> one.await().finish() == Finish.FAILED);
            assertThat(submit(engine, requests.getFirst()).await()).isNotNull();
            assertBaseline(engine);
        }
    }

    @Test
    void aRefusedStepIsTakenInSmallerGroups() {
        var random = new Random(17);
        var requests = IntStream.range(0, 6)
                .mapToObj(i -> Request.greedy(Text.prompt(words(random, 60 + i)), 10, budget(48)))
                .toList();
        var spec = shape().roomFor(budget(48), 100, 8).build();
        var luck = new Random(1);
        try (var engine = serving.engine(
                spec,
                OPTIONS,
                cache -> Faults.over(cache, new Faults.Plan() {
                    @Override
                    public boolean refuses() {
                        return luck.nextInt(3) == 0;
                    }
                }))) {
            var heard = submit(engine, requests);
            for (int i = 0; i < requests.size(); i++) {
                assertThat(heard.get(i).await().tokens()).isEqualTo(serving.solo(requests.get(i)));
            }
            assertBaseline(engine);
        }
    }

    /** The disk is full for a while: requests whose pages go there end with a sentence, and later ones do not suffer from it. */
    @Test
    void aFullDiskIsAnErrorOfTheRequestsThatNeedIt(@TempDir Path disk) throws IOException {
        assumeThat(DiskLimit.isAvailable()).isTrue();
        var random = new Random(23);
        var document = words(random, 200);
        var needsDisk = Request.greedy(Text.prompt(document).thenPrompt(words(random, 40)), 10, budget(48));
        var likeIt = Request.greedy(Text.prompt(document).thenPrompt(words(random, 30)), 10, budget(48));
        var needsNone = Request.greedy(Text.prompt(words(random, 100)), 10, SequenceSpec.full());
        var room = shape().roomFor(budget(48), 260, 4, 48)
                .roomFor(SequenceSpec.full(), 120, 1)
                .build();
        var spec = shape().deviceSlots(room.deviceSlots())
                .hostSlots(10)
                .disk(room.hostSlots(), disk)
                .build();
        try (var engine = serving.engine(spec, OPTIONS)) {
            try (var _ = DiskLimit.full()) {
                var failing = submit(engine, needsDisk);
                var other = submit(engine, needsNone);
                assertThat(failing.await().finish()).isEqualTo(Finish.FAILED);
                assertThat(failing.await().error()).contains("a backup could not be written", "too large");
                assertThat(other.await().tokens()).isEqualTo(serving.solo(needsNone));
                // One that ends before it needs what could not be written is kept, and what is kept may be forked.
                submit(engine, Request.greedy(Text.prompt(Arrays.copyOf(document, 48)), 1, budget(48)))
                        .await();
            }
            for (var request : List.of(needsDisk, likeIt, needsDisk)) {
                var answer = submit(engine, request).await();
                assertThat(answer.error()).isNull();
                assertThat(answer.tokens()).isEqualTo(serving.solo(request));
            }
            assertThat(engine.status().memory().usedDiskSlots()).isPositive();
            assertBaseline(engine);
            assertThat(engine.status().memory().usedDiskSlots()).isZero();
        }
    }

    /** A slow disk makes steps slow. Time limits hold all the same, and who has time gets the answer. */
    @Test
    void aSlowDiskEndsThoseWhoseTimeIsOver() {
        var random = new Random(27);
        var text = Text.prompt(words(random, 100));
        var patient = Request.greedy(text, 10, budget(48));
        var limit = Duration.ofMillis(200);
        var hurried = new Request(text, 40, budget(48), Sampling.GREEDY, List.of(), 0, limit);
        var spec = shape().roomFor(budget(48), 150, 4, 48).build();
        try (var engine = serving.engine(
                spec,
                OPTIONS,
                cache -> Faults.over(cache, new Faults.Plan() {
                    @Override
                    public int isLateBy() {
                        return 10;
                    }
                }))) {
            var heard = submit(engine, List.of(hurried, patient));
            assertThat(heard.getFirst().await().finish()).isEqualTo(Finish.TIME_LIMIT);
            assertThat(heard.getLast().await().tokens()).isEqualTo(serving.solo(patient));
            assertBaseline(engine);
        }
    }

    @Test
    void anAnswerOverShardsIsThatOverOneCache() {
        var random = new Random(31);
        var document = words(random, 120);
        var requests = IntStream.range(0, 6)
                .mapToObj(i -> Request.greedy(
                        Text.prompt(document).thenPrompt(words(random, 10 + i)),
                        12,
                        i == 5 ? SequenceSpec.full() : budget(48)))
                .toList();
        var spec = shape().headGroups(Serving.KV_HEADS)
                .roomFor(budget(48), 160, 4)
                .roomFor(SequenceSpec.full(), 160, 1)
                .build();
        try (var shards = Backends.create("shards", Map.of("over", "cpu:threads=1,cpu:threads=1"));
                var engine = serving.engine(shards, spec, OPTIONS)) {
            var heard = submit(engine, requests);
            for (int i = 0; i < requests.size(); i++) {
                assertThat(heard.get(i).await().tokens())
                        .isEqualTo(serving.solo(shape().headGroups(Serving.KV_HEADS), requests.get(i)));
            }
            assertThat(engine.status().sharedTokens()).isPositive();
            assertThat(engine.status().cache().recalls()).isPositive();
            assertBaseline(engine);
        }
    }

    @Test
    void anAnswerEndsBeforeATextToStopAt() {
        var prompt = Text.prompt(words(new Random(19), 40));
        var spec = shape().roomFor(budget(48), 100, 2).build();
        try (var engine = serving.engine(spec, OPTIONS)) {
            var whole = submit(engine, Request.greedy(prompt, 12, budget(48)));
            whole.await();
            var bytes = whole.bytes();
            assertThat(bytes)
                    .isEqualTo(serving.tokenizer.decodeMore(whole.await().tokens()));
            // A stop must be text: take the first run of two bytes that is.
            int at = IntStream.range(1, bytes.length - 1)
                    .filter(i -> bytes[i] > 0 && bytes[i + 1] > 0)
                    .findFirst()
                    .orElseThrow();
            var stop = new String(bytes, at, 2, StandardCharsets.US_ASCII);
            int first = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(stop);
            var stopped = submit(
                    engine, new Request(prompt, 12, budget(48), Sampling.GREEDY, List.of("nothing", stop), 0, null));
            assertThat(stopped.await().finish()).isEqualTo(Finish.STOP);
            assertThat(stopped.bytes()).isEqualTo(Arrays.copyOf(bytes, first));
        }
    }

    @Test
    void aRequestThatCanNeverBeServedIsRefusedAtOnce() {
        var spec = shape().roomFor(budget(48), 100, 1, 48).build();
        try (var engine = serving.engine(spec, OPTIONS)) {
            assertRefused(engine, Request.greedy(Text.prompt(words(new Random(1), 400)), 5, budget(48)), "memory");
            assertRefused(engine, Request.greedy(Text.prompt(1, 2), Serving.MOST_TOKENS, budget(48)), "allowed: 2048");
            assertRefused(engine, Request.greedy(Text.prompt(1, 256), 5, budget(48)), "vocabulary of 256");
            assertBaseline(engine);
        }
    }

    private static void assertRefused(Engine engine, Request request, String words) {
        assertThatThrownBy(() -> submit(engine, request))
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.cure()).isEqualTo(Cure.CHANGE))
                .hasMessageContaining(words);
    }

    @Test
    void requestsBeyondTheLimitAreRefusedForNow() throws InterruptedException {
        var options = new EngineOptions(8, 1, 2, 0, Residence.BUDGET);
        var spec = shape().roomFor(budget(48), 100, 1).build();
        var held = new CountDownLatch(1);
        var request = Request.greedy(Text.prompt(1, 2, 3), 4, budget(48));
        try (var engine = serving.engine(spec, options)) {
            var ended = new CompletableFuture<Answer>();
            engine.submit(request, new Listener() {
                @Override
                public void text(byte[] more) {
                    try {
                        held.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                }

                @Override
                public void done(Answer answer) {
                    ended.complete(answer);
                }
            });
            var waiting = submit(engine, List.of(request, request));
            assertThatThrownBy(() -> submit(engine, request))
                    .isInstanceOfSatisfying(
                            RefusedException.class, e -> assertThat(e.cure()).isEqualTo(Cure.RETRY));
            held.countDown();
            waiting.forEach(Serving.Heard::await);
            assertThat(ended.join().finish()).isEqualTo(Finish.LENGTH);
            assertThat(submit(engine, request).await().finish()).isEqualTo(Finish.LENGTH);
        }
    }

    @Test
    void closingEndsWhatIsServedAndWhatWaits() {
        var spec = shape().roomFor(budget(48), 2000, 1).build();
        var request = Request.greedy(Text.prompt(1, 2, 3), 1500, budget(48));
        List<Serving.Heard> heard;
        try (var engine = serving.engine(spec, OPTIONS)) {
            heard = submit(engine, List.of(request, request, request));
        }
        for (var one : heard) {
            assertThat(one.await().finish()).isEqualTo(Finish.CANCELLED);
        }
    }
}
