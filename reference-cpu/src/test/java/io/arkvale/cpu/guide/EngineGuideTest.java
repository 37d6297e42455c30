package io.arkvale.cpu.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.api.Backend;
import io.arkvale.api.Backends;
import io.arkvale.api.Batch;
import io.arkvale.api.ElementType;
import io.arkvale.api.NonFiniteException;
import io.arkvale.api.PendingReport;
import io.arkvale.api.PoisonedSequenceException;
import io.arkvale.api.SequenceSpec;
import java.lang.foreign.Arena;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** The guide "Put it under your engine" ({@code api/ENGINE.md}): its engine is right, and its code is this code. */
class EngineGuideTest {
    @AutoClose
    private final Backend backend = Backends.create("cpu", Map.of());

    private final GuideModel model = new GuideModel(1);

    private GuideEngine engine(SequenceSpec settings) {
        return new GuideEngine(backend, model, settings, 200, 4);
    }

    private static void assertClose(float[] state, float[] expected) {
        assertThat(state).hasSameSizeAs(expected);
        for (int i = 0; i < state.length; i++) {
            assertThat(state[i]).isCloseTo(expected[i], within(1e-4f));
        }
    }

    @Test
    void withoutABudgetItGivesWhatItsOwnAttentionGives() {
        var text = GuideModel.tokens(2, 60);
        try (var engine = engine(SequenceSpec.full())) {
            var sequence = engine.cache().begin(SequenceSpec.full());
            var expected = model.alone(text);
            assertClose(engine.prompt(sequence, Arrays.copyOf(text, 57), 20), expected[56]);
            for (int i = 57; i < 60; i++) {
                assertClose(engine.decode(List.of(sequence), new float[][] {text[i]})[0], expected[i]);
            }
        }
    }

    @Test
    void membersOfAMixedStepGiveWhatTheyGiveAlone() {
        var settings = GuideEngine.settings(48);
        var text = GuideModel.tokens(3, 121);
        var other = GuideModel.tokens(4, 50);
        try (var engine = engine(settings);
                var alone = engine(settings)) {
            var decoding = engine.cache().begin(settings);
            var reading = engine.cache().begin(settings);
            engine.prompt(decoding, Arrays.copyOf(text, 120), 120);
            var states = engine.mixed(List.of(decoding), reading, new float[][] {text[120]}, other);

            var first = alone.cache().begin(settings);
            alone.prompt(first, Arrays.copyOf(text, 120), 120);
            assertThat(states[0]).containsExactly(alone.decode(List.of(first), new float[][] {text[120]})[0]);
            assertClose(states[50], model.alone(other)[49]);
            assertThat(reading.isPromptOpen()).isTrue();
            assertThat(engine.cache().stats().recalls()).isPositive();
        }
    }

    @Test
    void queuedStepsGiveWhatOthersGive() {
        var text = GuideModel.tokens(11, 44);
        try (var engine = engine(SequenceSpec.full())) {
            var sequence = engine.cache().begin(SequenceSpec.full());
            engine.prompt(sequence, Arrays.copyOf(text, 40), 40);
            var reports = new ArrayList<PendingReport>();
            for (int i = 40; i < 43; i++) {
                reports.add(engine.queue(List.of(sequence), new float[][] {text[i]}));
            }
            for (var report : reports) {
                assertThat(report.await().sequences()).hasSize(1);
            }
            assertClose(engine.decode(List.of(sequence), new float[][] {text[43]})[0], model.alone(text)[43]);
        }
    }

    @Test
    void keptDraftsAreAsIfTheOthersHadNeverBeen() {
        var text = GuideModel.tokens(5, 40);
        var drafted = GuideModel.tokens(6, 6);
        try (var engine = engine(SequenceSpec.full())) {
            var sequence = engine.cache().begin(SequenceSpec.full());
            engine.prompt(sequence, text, 40);
            int accepted = engine.verify(sequence, drafted);
            assertThat(accepted).isBetween(1, 5);
            assertThat(sequence.length()).isEqualTo(40 + accepted);
            var next = GuideModel.tokens(7, 1);
            var kept = GuideModel.join(GuideModel.join(text, Arrays.copyOf(drafted, accepted)), next);
            assertClose(engine.decode(List.of(sequence), next)[0], model.alone(kept)[kept.length - 1]);
        }
    }

    @Test
    void aPrefixIsSharedAtAnyLength() {
        var text = GuideModel.tokens(8, 61);
        var settings = GuideEngine.settings(48);
        try (var engine = engine(settings)) {
            var sequence = engine.cache().begin(settings);
            engine.prompt(sequence, Arrays.copyOf(text, 60), 60);
            var fork = engine.continuing(sequence, 45, SequenceSpec.full());
            var own = GuideModel.join(Arrays.copyOf(text, 45), GuideModel.tokens(9, 1));
            assertClose(engine.decode(List.of(fork), new float[][] {own[45]})[0], model.alone(own)[45]);
            engine.cache().truncate(fork, 30);
            assertThat(fork.length()).isEqualTo(30);
        }
    }

    @Test
    void oneBadSequenceCostsTheOthersNothing() {
        try (var engine = engine(SequenceSpec.full())) {
            var good = engine.cache().begin(SequenceSpec.full());
            var bad = engine.cache().begin(SequenceSpec.full());
            var token = GuideModel.tokens(10, 1)[0];
            var wrong = token.clone();
            wrong[0] = Float.NaN;
            assertThatThrownBy(() -> engine.decode(List.of(good, bad), new float[][] {token, wrong}))
                    .isInstanceOfSatisfying(
                            NonFiniteException.class,
                            e -> assertThat(e.poisoned()).containsExactly(bad));
            assertThat(good.length()).isEqualTo(1);
            assertThatThrownBy(() -> engine.cache().step(Batch.decode(bad)))
                    .isInstanceOf(PoisonedSequenceException.class);
            bad.close();
            engine.decode(List.of(good), new float[][] {token});
        }
    }

    @Test
    void tensorsMayLieOverRowsOfTheEngines() {
        var settings = GuideEngine.settings(48);
        var text = GuideModel.tokens(6, 90);
        int queryBytes = GuideModel.QUERY_HEADS * GuideModel.HEAD_DIM * Float.BYTES;
        int keyBytes = GuideModel.KV_HEADS * GuideModel.HEAD_DIM * Float.BYTES;
        long rowBytes = queryBytes + 2L * keyBytes;
        try (var engine = engine(settings);
                var arena = Arena.ofShared()) {
            var cache = engine.cache();
            var rows = arena.allocate(text.length * rowBytes, Long.BYTES);
            var queries = cache.wrap(
                    rows, ElementType.F32, text.length, GuideModel.QUERY_HEADS, GuideModel.HEAD_DIM, rowBytes);
            var keys = cache.wrap(
                    rows.asSlice(queryBytes),
                    ElementType.F32,
                    text.length,
                    GuideModel.KV_HEADS,
                    GuideModel.HEAD_DIM,
                    rowBytes);
            var values = cache.wrap(
                    rows.asSlice(queryBytes + keyBytes),
                    ElementType.F32,
                    text.length,
                    GuideModel.KV_HEADS,
                    GuideModel.HEAD_DIM,
                    rowBytes);
            var output = cache.allocateQueries(text.length);
            var attended = output.memory().asByteBuffer().order(ByteOrder.nativeOrder());
            var states = text;
            var sequence = cache.begin(settings);
            try (var step =
                    cache.step(Batch.builder().lastPrompt(sequence, text.length).build())) {
                for (int layer = 0; layer < GuideModel.LAYERS; layer++) {
                    model.project(layer, states, rows);
                    step.forward(layer, queries, keys, values, output);
                    var numbers = new float[text.length * GuideModel.WIDTH];
                    attended.asFloatBuffer().get(numbers);
                    states = model.mix(layer, states, numbers);
                }
                step.commit();
            }
            var other = cache.begin(settings);
            assertThat(states[89]).containsExactly(engine.prompt(other, text, 90));
        }
    }

    @Test
    void theGuideShowsThisCode() throws Exception {
        var guide = Files.readString(Path.of("../api/ENGINE.md"));
        var folder = Path.of("src/test/java/io/arkvale/cpu/guide");
        var code = squeezed(Files.readString(folder.resolve("GuideEngine.java"))
                + Files.readString(folder.resolve("EngineGuideTest.java")));
        var blocks = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(guide);
        int count = 0;
        while (blocks.find()) {
            count++;
            assertThat(code).contains(squeezed(blocks.group(1)));
        }
        assertThat(count).isGreaterThan(6);
    }

    private static String squeezed(String text) {
        return text.replaceAll("\\s+", "");
    }
}
