package io.arkvale.experiments.engine.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.api.Backends;
import io.arkvale.experiments.engine.context.LastRows;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.result.Fidelity;
import io.arkvale.experiments.run.Lab;
import io.arkvale.experiments.run.Session;
import io.arkvale.experiments.run.ShippedModel;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Comparisons with full attention, on the shipped model. */
class FidelityTest {
    private static final String TEXT = "In the beginning God created the heaven and the earth. And the earth was"
            + " without form, and void; and darkness was upon the face of the deep. ";
    private static final String MORE = " And God said, L"; // 16 tokens: the last one is compared
    private static final int LAYER = 5;

    @Test
    void whatTakesPartIsComparedWithAllThatThereIs() {
        try (var model = new ShippedModel()) {
            var lab = model.lab(null);
            // With one limited layer, the last, its queries, keys and values are those of full attention.
            var run = ShippedModel.run("streaming-llm:positions=text", 64, LAYER);
            var measured = fidelity(lab, TEXT.repeat(4), MORE, List.of(run)).getFirst();
            var whole = lab.prefill(lab.tokens(TEXT.repeat(4) + MORE));
            var tokens = whole.tokens();
            // At its attention: four initial tokens, sixty recent ones and the newest.
            var part = IntStream.range(0, tokens)
                    .filter(token -> token < 4 || token >= tokens - 61)
                    .toArray();
            var mass = new double[4];
            var found = new double[4];
            var difference = 0.0;
            var length = 0.0;
            for (int head = 0; head < 4; head++) {
                var row = new LastRows(whole).of(LAYER, head);
                mass[head] =
                        Arrays.stream(part).mapToDouble(token -> row[token]).sum();
                found[head] = bestPagesFound(row, part, 2); // 65 tokens fill two pages
                for (int i = 0; i < 64; i++) {
                    var full = 0.0;
                    var partial = 0.0;
                    var value = new float[64];
                    for (int token = 0; token < tokens; token++) {
                        whole.keyValues(LAYER, head / 2).getValue(token, value, 0);
                        full += row[token] * value[i];
                        var takesPart = token < 4 || token >= tokens - 61;
                        partial += takesPart ? row[token] * value[i] / mass[head] : 0;
                    }
                    difference += (full - partial) * (full - partial);
                    length += full * full;
                }
            }
            assertThat(measured.recoveredMass()).isCloseTo(mean(mass), within(1e-4));
            assertThat(measured.recoveredMass()).isBetween(0.05, 0.95);
            assertThat(measured.topPages()).isCloseTo(mean(found), within(1e-9));
            assertThat(measured.outputError()).isCloseTo(Math.sqrt(difference / length), within(1e-3));
            assertThat(measured.outputError()).isGreaterThan(0.01);
        }
    }

    private static double bestPagesFound(float[] row, int[] part, int pages) {
        var best = IntStream.rangeClosed(0, (row.length - 1) / 32)
                .map(page -> IntStream.range(page * 32, Math.min(row.length, page * 32 + 32))
                        .reduce((a, b) -> row[b] > row[a] ? b : a)
                        .orElseThrow())
                .boxed()
                .sorted((a, b) -> Float.compare(row[b], row[a]))
                .limit(pages)
                .toList();
        return best.stream()
                .mapToDouble(token -> Arrays.stream(part).anyMatch(held -> held == token) ? 1 : 0)
                .average()
                .orElseThrow();
    }

    @Test
    void whatHasRoomForEverythingLosesNothingAndOnlyEverySixteenthStepIsCompared() {
        try (var model = new ShippedModel();
                var backend = Backends.create("cpu", Map.of())) {
            var lab = model.lab(backend);
            var runs = List.of(
                    ShippedModel.run("full", 1),
                    ShippedModel.run("h2o", 4096),
                    ShippedModel.run("oracle", 4096),
                    ShippedModel.run("arkvale", 4096),
                    ShippedModel.run("arkvale:page-size=16:head-groups=2", 128),
                    ShippedModel.run("pages:digest=cuboid-mean:choice=kv-head:page-size=16", 128));
            var measured = fidelity(lab, TEXT.repeat(4), MORE, runs);
            for (var everything : measured.subList(0, 4)) {
                assertThat(everything.outputError()).isCloseTo(0, within(1e-4));
                assertThat(everything.recoveredMass()).isCloseTo(1, within(1e-4));
                assertThat(everything.topPages()).isEqualTo(1);
            }
            var cache = measured.get(4);
            var engine = measured.get(5);
            assertThat(cache.recoveredMass()).isBetween(0.05, 0.99).isCloseTo(engine.recoveredMass(), within(1e-3));
            assertThat(cache.topPages()).isBetween(0.05, 0.99).isCloseTo(engine.topPages(), within(1e-3));
            assertThat(cache.outputError()).isGreaterThan(0.01).isCloseTo(engine.outputError(), within(1e-3));
            var tooShort = fidelity(lab, TEXT, "fifteen tokens.", runs.subList(1, 2));
            assertThat(tooShort.getFirst().outputError()).isNaN();
        }
    }

    @Test
    void estimatesForPagesOfOneTokenAreTheirExactWeights() {
        try (var model = new ShippedModel()) {
            var lab = model.lab(null);
            var options = ":page-size=1:sink=1:window=1";
            var runs = List.of(
                    ShippedModel.run("pages:estimate=yes" + options, 32), ShippedModel.run("pages" + options, 32));
            var measured = fidelity(lab, TEXT.repeat(4), MORE, runs);
            assertThat(measured.get(0).recoveredMass()).isBetween(0.05, 0.98);
            assertThat(measured.get(0).outputError()).isCloseTo(0, within(1e-4));
            assertThat(measured.get(1).outputError()).isGreaterThan(0.01);
        }
    }

    @Test
    void fewerBitsTakeFewerBytesAndLoseMore() {
        try (var model = new ShippedModel()) {
            var lab = model.lab(null);
            var runs = List.of(ShippedModel.run("quantised", 1), ShippedModel.run("quantised:bits=4", 1));
            var prefilled = lab.prefill(lab.tokens(TEXT));
            try (var session = new Session(lab, prefilled, runs, MORE.length())) {
                for (int token : lab.tokens(MORE)) {
                    session.decode(new int[] {token, token});
                }
                var eight = session.fidelity().get(0).outputError();
                assertThat(eight).isBetween(1e-5, 0.01);
                assertThat(session.fidelity().get(1).outputError()).isBetween(4 * eight, 0.2);
                // Two dense layers in float32, four in 8 bits with two numbers a vector; two heads of 64 elements.
                var tokens = prefilled.tokens() + MORE.length();
                assertThat(session.usage().get(0).residentBytes())
                        .isEqualTo(tokens * (2 * 2 * 2 * 64 * 4 + 4 * 2 * 2 * (64 + 8)));
            }
        }
    }

    private static List<Fidelity> fidelity(Lab lab, String context, String more, List<RunSpec> runs) {
        var prefilled = lab.prefill(lab.tokens(context));
        try (var session = new Session(lab, prefilled, runs, more.length())) {
            for (int token : lab.tokens(more)) {
                var same = new int[runs.size()];
                Arrays.fill(same, token);
                session.decode(same);
            }
            return session.fidelity();
        }
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }
}
