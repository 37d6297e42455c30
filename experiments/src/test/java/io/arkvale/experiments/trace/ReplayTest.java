package io.arkvale.experiments.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.engine.group.Runs;
import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.Policies;
import io.arkvale.experiments.policy.Policy;
import io.arkvale.experiments.policy.option.PolicyInfo;
import io.arkvale.experiments.result.Fidelity;
import io.arkvale.experiments.result.Usage;
import io.arkvale.experiments.run.ShippedLab;
import io.arkvale.experiments.run.ShippedModel;
import io.arkvale.experiments.trace.Decisions.ShapeOfDecisions;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs over traces against the live runs of the shipped model. */
class ReplayTest {
    private static final String TEXT = "In the beginning God created the heaven and the earth. And the earth was"
            + " without form, and void; and darkness was upon the face of the deep. ";
    private static final String QUESTION = " And God said, Let there be light: and";

    @RegisterExtension
    static final ShippedLab SHIPPED = new ShippedLab();

    @TempDir
    private Path directory = Path.of("");

    /** Every policy that asks nothing of the model, with its defaults, and some with options. */
    static Stream<String> policies() {
        var withDefaults = Policies.all().stream()
                .map(Policy::info)
                .filter(info -> !asksTheModel(info))
                .map(PolicyInfo::shortName)
                .filter(name -> !name.equals("full"));
        return Stream.concat(
                withDefaults,
                Stream.of(
                        "arkvale:page-size=8:head-groups=2:scope=resident:digest=sphere-mean",
                        "pages:digest=disc:choice=kv-head:reuse=0.9:estimate=yes",
                        "h2o:prefill-scores=all",
                        "arkvale:scope=resident:prefill-chunk=100",
                        "streaming-llm:positions=text"));
    }

    @ParameterizedTest
    @MethodSource("policies")
    @Tag("thorough")
    void aReplayUnderTheRecordedPolicyDecidesWhatTheRunDid(String policy) {
        var run = ShippedModel.run(policy, 192);
        var live = new Decisions(0, ShapeOfDecisions.shipped(2));
        var seen = new Seen();
        var recording = new Recording(SHIPPED.lab(), plan(8, false), run, live.andThen(seen));
        var file = directory.resolve("trace.safetensors");
        var header = recording.write(file, "needle-5m", 1);
        assertThat(header.steps()).isEqualTo(QUESTION.length() + 7);
        try (var trace = Trace.open(file);
                var replay = new Replay(trace, SHIPPED.lab().machine(), List.of(run))) {
            assertThat(trace.header()).isEqualTo(header);
            var replayed = new Decisions(0, ShapeOfDecisions.shipped(2));
            for (int step = 0; step < header.steps(); step++) {
                replay.step();
                replayed.accept(replay.runs());
            }
            assertThat(replayed.sets()).hasSize(header.steps() * 4 * 6).isEqualTo(live.sets());
            assertThat(replay.runs().usage()).isEqualTo(seen.usage);
            assertThat(replay.runs().fidelity()).isEqualTo(seen.fidelity);
            assertThat(seen.fidelity.getFirst().recoveredMass()).isBetween(0.3, 1.0001);
        }
    }

    /** With one limited layer, the last, its queries, keys and values are those of full attention. */
    @Test
    void runsOverATraceOfFullAttentionDecideWhatLiveRunsInTheLastLayerDo() {
        var runs = Stream.of("h2o", "pages", "streaming-llm", "oracle", "lm-infinite", "snapkv")
                .map(policy -> ShippedModel.run(policy, 192, 5))
                .toList();
        var plan = plan(1, true);
        var file = directory.resolve("full.safetensors");
        Recording.record(SHIPPED.lab(), plan, ShippedModel.run("full", 1), file, "needle-5m", 1);
        try (var trace = Trace.open(file);
                var replay = new Replay(trace, SHIPPED.lab().machine(), runs)) {
            var replayed = runs.stream()
                    .map(run -> new Decisions(runs.indexOf(run), ShapeOfDecisions.shipped(5)))
                    .toList();
            for (int step = 0; step < plan.steps(); step++) {
                replay.step();
                replayed.forEach(decisions -> decisions.accept(replay.runs()));
            }
            for (int run = 0; run < runs.size(); run++) {
                var live = new Decisions(0, ShapeOfDecisions.shipped(5));
                var seen = new Seen();
                new Recording(SHIPPED.lab(), plan, runs.get(run), live.andThen(seen));
                assertThat(replayed.get(run).sets()).isEqualTo(live.sets());
                assertThat(replay.runs().usage().get(run)).isEqualTo(seen.usage.getFirst());
                assertThat(replay.runs().fidelity().get(run)).isEqualTo(seen.fidelity.getFirst());
            }
        }
    }

    @Test
    void runsThatReadMoreQueriesThanThereAreAreRefused() {
        var file = directory.resolve("last.safetensors");
        var header = Recording.record(SHIPPED.lab(), plan(1, false), ShippedModel.run("full", 1), file, "needle-5m", 1);
        assertThat(header.contextQueries()).isEqualTo(256);
        Replay.check(header, List.of(ShippedModel.run("h2o", 192)));
        assertThatThrownBy(() -> Replay.check(header, List.of(ShippedModel.run("infllm", 192))))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "policy 'infllm' needs the queries of all 282 tokens of the context, and the trace has those of"
                                + " the last 256 only");
        assertThatThrownBy(() -> Replay.check(header, List.of(ShippedModel.run("arkvale:prefill-chunk=64", 192))))
                .hasMessageContaining("needs the queries of all 282 tokens");
        assertThatThrownBy(() -> Replay.check(header, List.of(ShippedModel.run("arkvale:prefetch=1", 192))))
                .hasMessage(
                        "policy 'arkvale:prefetch=1' guesses queries with the model, and a trace has none; run it with"
                                + " a task's command");
        assertThatThrownBy(() -> Replay.check(header, List.of(ShippedModel.run("h2o", 192, 7))))
                .hasMessage("dense layers are 7; allowed: 0 to 6");
        try (var trace = Trace.open(file)) {
            assertThatThrownBy(() -> new TracedQueries(trace).copy(0, 282 - 257, 0, new float[64], 0))
                    .hasMessage("the query of token 25 of 282 is not in the trace");
        }
    }

    static Stream<String> policiesThatAskTheModel() {
        return Policies.all().stream()
                .map(Policy::info)
                .filter(ReplayTest::asksTheModel)
                .map(PolicyInfo::shortName);
    }

    @ParameterizedTest
    @MethodSource("policiesThatAskTheModel")
    void runsThatAskTheModelAreRefused(String policy) {
        var file = directory.resolve("short.safetensors");
        var plan = new Recording.Plan(SHIPPED.lab().tokens(TEXT), SHIPPED.lab().tokens(QUESTION), 1, true);
        var header = Recording.record(SHIPPED.lab(), plan, ShippedModel.run("full", 1), file, "needle-5m", 1);
        assertThatThrownBy(() -> Replay.check(header, List.of(ShippedModel.run(policy, 192))))
                .isInstanceOf(UserException.class)
                .hasMessage("policy '" + policy + "' asks the model itself, and a trace has none; run it with a task's"
                        + " command");
    }

    private static boolean asksTheModel(PolicyInfo info) {
        return info.has(Ability.REPETITION) || info.has(Ability.HEAD_LOSSES);
    }

    private static Recording.Plan plan(int answerTokens, boolean allQueries) {
        return new Recording.Plan(
                SHIPPED.lab().tokens(TEXT.repeat(2)), SHIPPED.lab().tokens(QUESTION), answerTokens, allQueries);
    }

    /** Usage and fidelity as they are after the last step. */
    private static final class Seen implements Consumer<Runs> {
        private List<Usage> usage = List.of();
        private List<Fidelity> fidelity = List.of();

        @Override
        public void accept(Runs runs) {
            usage = runs.usage();
            fidelity = runs.fidelity();
        }
    }
}
