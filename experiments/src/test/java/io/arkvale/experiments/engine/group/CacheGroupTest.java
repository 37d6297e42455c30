package io.arkvale.experiments.engine.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.SequenceSpec;
import io.arkvale.experiments.UserException;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.result.Usage;
import io.arkvale.experiments.run.Session;
import io.arkvale.experiments.run.ShippedLab;
import io.arkvale.experiments.run.ShippedModel;
import io.arkvale.llama.attention.CacheAttention;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** How a cache takes a prompt and chooses pages ahead, on the shipped model: 6 layers, the first 2 dense, 2 KV heads. */
class CacheGroupTest {
    private static final String PROMPT = ("In the beginning God created the heaven and the earth. And the earth was"
                    + " without form, and void; and darkness was upon the face of the deep. ")
            .repeat(4); // 564 tokens
    private static final int PAGE = 32;
    private static final double TOKEN_BYTES = 2.0 * Float.BYTES * 64;

    @RegisterExtension
    static final ShippedLab SHIPPED = new ShippedLab();

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Fed(float[][] logits, List<Usage> usage) {}

    private static Session session(List<RunSpec> runs) {
        var context = SHIPPED.lab()
                .prefill(SHIPPED.lab().tokens(PROMPT), runs.stream().anyMatch(RunSpec::readsAllRows));
        return Session.uncompared(SHIPPED.lab(), context, runs, 20);
    }

    /** The last logits and the usage of runs that read some text after the prompt. */
    private static Fed feed(String text, List<RunSpec> runs) {
        try (var session = session(runs)) {
            var logits = new float[0][];
            for (int token : SHIPPED.lab().tokens(text)) {
                logits = session.decode(token);
            }
            return new Fed(logits, session.usage());
        }
    }

    @Test
    void aLayerNeverHoldsMoreThanBudgetAndChunk() {
        var usage = feed(
                        "And ",
                        List.of(
                                ShippedModel.run("full", 1),
                                ShippedModel.run("h2o", 64),
                                ShippedModel.run("pyramidkv", 64),
                                ShippedModel.run("arkvale", 192),
                                ShippedModel.run("arkvale:prefill-chunk=128", 192),
                                ShippedModel.run("arkvale:head-groups=2", 192)))
                .usage();
        var layers = usage.stream()
                .mapToDouble(one -> Objects.requireNonNull(one.peakBytes()) / TOKEN_BYTES / 2)
                .toArray();
        assertThat(layers)
                .containsExactly(
                        6 * 568,
                        // While the last layer reads the prompt, two hold all of it and three what they keep.
                        2 * 564 + 3 * 64 + 564,
                        6 * 564, // shares a budget among layers that hold all of it
                        2 * 564 + 3 * (5 * PAGE + 20) + 564,
                        // In the first limited layer of the fifth chunk, of 52 tokens: with the fourth, of 128, the
                        // last one makes it 2 * 512 + 3 * 192 + 192 + 128, which are fewer.
                        2 * 564 + 192 + 52 + 3 * 192,
                        2 * 564 + 3 * (5 * PAGE + 20) + 564);
    }

    /** Which pages take part does not depend on which are resident, unless all residents do. */
    @Test
    void whereTheBestPagesTakePartChunksChangeNoResult() {
        var best = feed(
                " And God said, Let",
                List.of(ShippedModel.run("arkvale", 192), ShippedModel.run("arkvale:prefill-chunk=100", 192)));
        assertThat(best.logits()[1]).containsExactly(best.logits()[0]);
        var resident = feed(
                "A",
                List.of(
                        ShippedModel.run("arkvale:scope=resident:page-size=8", 192),
                        ShippedModel.run("arkvale:scope=resident:page-size=8:prefill-chunk=100", 192)));
        assertThat(resident.logits()[1]).isNotEqualTo(resident.logits()[0]);
    }

    /** An engine gives the cache each chunk as the last one of a prompt: pages evicted there are those evicted here. */
    @Test
    void chunksLeaveThePagesThatAnEngineWouldHave() {
        var chunk = 100;
        var run = ShippedModel.run("arkvale:prefill-chunk=" + chunk, 192);
        var settings =
                SequenceSpec.builder(PAGE).budgetTokens(192).denseLayers(2).build();
        var tokens = SHIPPED.lab().tokens(PROMPT);
        var spec = CacheSpec.builder(6, 4, 2, 64)
                .roomFor(settings, tokens.length, 1)
                .build();
        try (var session = session(List.of(run));
                var whole = session(List.of(ShippedModel.run("arkvale", 192)));
                var cache = SHIPPED.backend().open(spec);
                var sequence = cache.begin(settings);
                var attention = new CacheAttention(cache, List.of(sequence), 0)) {
            for (int from = 0; from < tokens.length; from += chunk) {
                var some = Arrays.copyOfRange(tokens, from, Math.min(tokens.length, from + chunk));
                SHIPPED.lab().model().prefill().run(some, from, attention);
            }
            var differs = false;
            for (int layer = 2; layer < 6; layer++) {
                var number = layer;
                var resident = IntStream.range(0, spec.pages(tokens.length))
                        .filter(page ->
                                cache.view().page(sequence, number, 0, page).resident())
                        .toArray();
                assertThat(pages(session, layer)).as("layer %d", layer).containsExactly(resident);
                differs |= !Arrays.equals(pages(whole, layer), resident);
            }
            assertThat(differs).as("the end alone would keep other pages").isTrue();
        }
    }

    private static int[] pages(Session session, int layer) {
        return Arrays.stream(session.runs().held(0, layer, 0))
                .map(token -> token / PAGE)
                .distinct()
                .sorted()
                .toArray();
    }

    @Test
    void withoutPrefetchThoseAreInTimeThatAreNotRecalled() {
        var usage = feed(" And God said, Let", List.of(ShippedModel.run("arkvale", 192)))
                .usage()
                .getFirst();
        var pageBytes = PAGE * 2 * TOKEN_BYTES;
        var recalled = usage.recalledBytes() / pageBytes;
        // Steps of five pages, four of which are full, in four layers.
        assertThat(usage.inTime()).isEqualTo(1 - recalled / (18 * 4 * 5)).isLessThan(1);
    }

    @Test
    void prefetchIsWhatTheCacheDoesWithGuessedQueries() {
        var text = " And God said, Let";
        var fed = feed(
                text,
                List.of(
                        ShippedModel.run("arkvale", 192),
                        ShippedModel.run("arkvale:prefetch=2", 192),
                        ShippedModel.run("arkvale:prefetch=1", 192)));
        var distances = new int[] {0, 2, 1};
        for (int run = 0; run < distances.length; run++) {
            assertThat(fed.logits()[run]).as("run %d", run).containsExactly(throughCache(text, distances[run]));
            assertThat(fed.usage().get(run).inTime()).as("run %d", run).isBetween(0.5, 0.9999);
        }
        assertThat(fed.logits()[1]).isNotEqualTo(fed.logits()[0]);
        assertThat(fed.logits()[2]).isNotEqualTo(fed.logits()[1]);
    }

    /** The model's own attention through a cache, without the laboratory's engine. */
    private static float[] throughCache(String text, int prefetchDistance) {
        var settings =
                SequenceSpec.builder(PAGE).budgetTokens(192).denseLayers(2).build();
        var context = SHIPPED.lab().tokens(PROMPT);
        var more = SHIPPED.lab().tokens(text);
        var spec = CacheSpec.builder(6, 4, 2, 64)
                .roomFor(settings, context.length + more.length, 1)
                .build();
        try (var cache = SHIPPED.backend().open(spec);
                var sequence = cache.begin(settings);
                var attention = new CacheAttention(cache, List.of(sequence), prefetchDistance)) {
            var store = SHIPPED.lab().prefill(context).store();
            Handover.ingest(cache, List.of(sequence), SHIPPED.lab().model().config(), store);
            var logits = new float[0];
            for (int i = 0; i < more.length; i++) {
                logits = SHIPPED.lab().model().decoder(1).run(more[i], context.length + i, attention);
            }
            return logits;
        }
    }

    /** With one limited layer, the last, both runs have the same queries, keys and values in their first step. */
    @Test
    void inTimeAreThePagesOfTheOwnChoiceThatTheGuessHasBrought() {
        var runs = List.of(ShippedModel.run("arkvale", 192, 5), ShippedModel.run("arkvale:prefetch=3", 192, 5));
        var different = 0;
        for (int token : SHIPPED.lab().tokens(" AMgzq")) {
            try (var session = session(runs)) {
                session.decode(token);
                var own = pages(session.runs().attended(0, 5, 0));
                var there = pages(session.runs().held(1, 5, 0));
                var expected = own.cardinality();
                own.and(there);
                different += expected - own.cardinality();
                assertThat(session.usage().get(1).inTime())
                        .isCloseTo(own.cardinality() / (double) expected, within(1e-12));
            }
        }
        assertThat(different).isPositive();
    }

    private static BitSet pages(int[] tokens) {
        var pages = new BitSet();
        Arrays.stream(tokens).forEach(token -> pages.set(token / PAGE));
        return pages;
    }

    @Test
    void aLayerThatNothingIsAheadOfWaitsForItsOwnQueries() {
        var fed = feed(
                " And God said, Let",
                List.of(ShippedModel.run("arkvale", 192), ShippedModel.run("arkvale:prefetch=6", 192)));
        assertThat(fed.logits()[1]).containsExactly(fed.logits()[0]);
        assertThat(fed.usage().get(1)).isEqualTo(fed.usage().get(0));
    }

    @Test
    void whereOwnQueriesDoNotChooseAloneNothingIsSaidOfTime() {
        var usage = feed(
                        "And ",
                        List.of(
                                ShippedModel.run("arkvale:reuse=0.8", 192),
                                ShippedModel.run("arkvale:scope=resident", 192),
                                ShippedModel.run("h2o", 192)))
                .usage();
        assertThat(usage).extracting(Usage::inTime).containsOnlyNulls();
    }

    @Test
    void backupsOnDiskChangeNothingAndLeaveNothing(@TempDir Path folder) {
        var text = " And God said, Let";
        var host = feed(text, List.of(ShippedModel.run("arkvale", 192), ShippedModel.run("arkvale:prefetch=1", 192)));
        var runs = List.of(
                ShippedModel.run("arkvale:backups=disk", 192),
                ShippedModel.run("arkvale:prefetch=1:backups=disk", 192));
        var usual = System.setProperty("java.io.tmpdir", folder.toString());
        try (var session = session(runs)) {
            var logits = new float[0][];
            for (int token : SHIPPED.lab().tokens(text)) {
                logits = session.decode(token);
            }
            assertThat(logits).isDeepEqualTo(host.logits());
            assertThat(session.usage()).isEqualTo(host.usage());
            assertThat(session.backupBytes()).isEqualTo((long) (2 * 18 * 4 * PAGE * 2 * TOKEN_BYTES));
        } finally {
            System.setProperty("java.io.tmpdir", usual);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void backupsOnDiskNeedTheFolder(@TempDir Path folder) {
        var runs = List.of(ShippedModel.run("arkvale:backups=disk", 192));
        var usual = System.setProperty("java.io.tmpdir", folder.resolve("none").toString());
        try {
            assertThatThrownBy(() -> session(runs).close())
                    .isInstanceOf(InvalidArgumentException.class)
                    .hasMessageContaining(folder.resolve("none").toString());
        } finally {
            System.setProperty("java.io.tmpdir", usual);
        }
    }

    @Test
    void prefetchAndReuseExcludeEachOther() {
        var run = ShippedModel.run("arkvale:prefetch=1:reuse=0.8", 192);
        assertThatThrownBy(() -> run.check(SHIPPED.lab().model().config()))
                .isInstanceOf(UserException.class)
                .hasMessage(
                        "policy 'arkvale' has prefetch=1 and reuse=0.8; give one of them, since each names the query"
                                + " that chooses pages");
    }
}
