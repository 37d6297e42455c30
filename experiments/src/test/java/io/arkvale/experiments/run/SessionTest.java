package io.arkvale.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.experiments.engine.context.FollowingAttention;
import io.arkvale.experiments.engine.context.LastRows;
import io.arkvale.experiments.engine.context.SharedTokens;
import io.arkvale.experiments.engine.context.WindowAttention;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ChoiceStep;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenSets;
import io.arkvale.experiments.policy.option.PolicyChoice;
import io.arkvale.experiments.policy.option.PolicyInfo;
import io.arkvale.experiments.policy.option.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs of the shipped model under policies and caches, against full attention. */
class SessionTest {
    private static final String TEXT = "In the beginning God created the heaven and the earth. And the earth was"
            + " without form, and void; and darkness was upon the face of the deep. ";

    @RegisterExtension
    static final ShippedLab SHIPPED = new ShippedLab();

    @Test
    void everyPolicyWithRoomForEverythingIsFullAttention() {
        var runs = List.of(
                ShippedModel.run("full", 1),
                ShippedModel.run("streaming-llm", 4096),
                ShippedModel.run("h2o", 4096, 0),
                ShippedModel.run("tova", 4096),
                ShippedModel.run("arkvale", 4096),
                ShippedModel.run("arkvale:page-size=8:head-groups=2", 4096, 0),
                ShippedModel.run("oracle", 4096),
                ShippedModel.run("quest", 4096, 0),
                ShippedModel.run("iceformer", 4096),
                ShippedModel.run("snapkv", 4096),
                ShippedModel.run("ada-kv", 4096),
                ShippedModel.run("lm-infinite", 4096),
                ShippedModel.run("scissorhands", 4096),
                ShippedModel.run("keyformer", 4096),
                ShippedModel.run("fastgen:target=1", 4096),
                ShippedModel.run("h2o:prefill-scores=all", 4096),
                ShippedModel.run("infllm", 4096),
                ShippedModel.run("sparq", 4096),
                ShippedModel.run("pages:estimate=yes:reuse=0.9:mass=0.5", 4096));
        var logits = feed(TEXT.repeat(4), " And God said", runs);
        for (int run = 1; run < runs.size(); run++) {
            for (int token = 0; token < logits[0].length; token++) {
                assertThat(logits[run][token])
                        .as("run %d, token %d", run, token)
                        .isCloseTo(logits[0][token], within(2e-3f));
            }
        }
    }

    @Test
    void aTightBudgetChangesTheOutputOfEveryPolicy() {
        var runs = List.of(
                ShippedModel.run("full", 1),
                ShippedModel.run("streaming-llm", 64),
                ShippedModel.run("h2o", 64),
                ShippedModel.run("tova", 64),
                ShippedModel.run("arkvale:page-size=8", 64));
        var logits = feed(TEXT.repeat(4), " And God said", runs);
        for (int run = 1; run < runs.size(); run++) {
            assertThat(distance(logits[run], logits[0])).as("run %d", run).isGreaterThan(1e-2);
        }
    }

    @Test
    void aRunDoesNotDependOnItsCompany() {
        var alone = feed(TEXT, " And God", List.of(ShippedModel.run("h2o", 64)));
        var together = feed(
                TEXT,
                " And God",
                List.of(
                        ShippedModel.run("arkvale:page-size=8", 64),
                        ShippedModel.run("full", 64),
                        ShippedModel.run("h2o", 64)));
        assertThat(together[2]).containsExactly(alone[0]);
    }

    @Test
    void runsThatSayDifferentThingsPartWays() {
        var runs = List.of(ShippedModel.run("full", 1), ShippedModel.run("h2o", 64), ShippedModel.run("tova", 64));
        String[] said = {"And God", "And Man", "And God"};
        try (var session =
                new Session(SHIPPED.lab(), SHIPPED.lab().prefill(SHIPPED.lab().tokens(TEXT)), runs, 7)) {
            var together = new float[0][];
            for (int i = 0; i < 7; i++) {
                var at = i;
                together = session.decode(Arrays.stream(said)
                        .mapToInt(text -> SHIPPED.lab().tokens(text)[at])
                        .toArray());
            }
            for (int run = 0; run < runs.size(); run++) {
                assertThat(together[run]).containsExactly(feed(TEXT, said[run], List.of(runs.get(run)))[0]);
            }
        }
    }

    @Test
    void aContextThatSharesABeginningWithThePreviousOneIsPrefilledTheSame() {
        var run = List.of(ShippedModel.run("h2o", 64));
        var fresh = feed(TEXT + "It was so.", " And", run);
        feed(TEXT + "It was not", " And", run);
        assertThat(feed(TEXT + "It was so.", " And", run)[0]).containsExactly(fresh[0]);
        assertThat(feed(TEXT, " And", run)[0]).isNotEqualTo(fresh[0]);
    }

    /** Every digest of a cache is one of the laboratory's too; the two hold, read and recall the same. */
    @Test
    void theEnginesOwnPagesAreThoseOfTheCache() {
        var digests = List.of(
                "cuboid-mean", "cuboid-max", "cuboid-center", "sphere-mean", "sphere-max", "sphere-center", "centroid");
        var runs = digests.stream()
                .flatMap(digest -> Stream.of(
                        ShippedModel.run("arkvale:page-size=16:digest=" + digest, 192),
                        ShippedModel.run("pages:page-size=16:digest=" + digest, 192)))
                .toList();
        var context = SHIPPED.lab().prefill(SHIPPED.lab().tokens(TEXT.repeat(6)));
        try (var session = new Session(SHIPPED.lab(), context, runs, 100)) {
            for (int token :
                    SHIPPED.lab().tokens(" And God said, Let there be light: and there was light. And God saw")) {
                var same = new int[runs.size()];
                Arrays.fill(same, token);
                var logits = session.decode(same);
                for (int run = 0; run < runs.size(); run += 2) {
                    assertThat(distance(logits[run], logits[run + 1])).isLessThan(2e-3);
                }
            }
            for (int run = 0; run < runs.size(); run += 2) {
                var digest = digests.get(run / 2);
                var cache = session.usage().get(run);
                var engine = session.usage().get(run + 1);
                assertThat(engine.recalledBytes()).as(digest).isEqualTo(cache.recalledBytes());
                assertThat(engine.recalledPagesPerStep()).as(digest).isPositive();
                assertThat(engine.heldTokens())
                        .as(digest)
                        .isEqualTo(cache.heldTokens())
                        .isBetween(160.0, 192.0);
                assertThat(engine.residentBytes()).as(digest).isEqualTo(cache.residentBytes());
                // In pages of 32 tokens there, of 16 here.
                assertThat(2 * engine.residentPages()).as(digest).isEqualTo(cache.residentPages());
                assertThat(2 * engine.attendedPages()).as(digest).isCloseTo(cache.attendedPages(), within(1e-9));
                assertThat(engine.scoringBytesPerStep())
                        .as(digest)
                        .isEqualTo(cache.scoringBytesPerStep())
                        .isPositive();
                assertThat(engine.attentionBytesPerStep())
                        .as(digest)
                        .isEqualTo(cache.attentionBytesPerStep())
                        .isPositive();
            }
        }
    }

    @Test
    void attentionOfTheLastTokensIsTheSumOfTheirRows() {
        var context = SHIPPED.lab().prefill(SHIPPED.lab().tokens(TEXT));
        var kernels = SHIPPED.lab().model().kernels();
        var windows = new WindowAttention(context, new SharedTokens(context, kernels.matrix()), kernels);
        var lastRow = new LastRows(context).of(3, 1);
        assertThat(windows.of(3, 1, 1)).usingComparatorWithPrecision(1e-5f).containsExactly(lastRow);
        var sums = windows.of(3, 1, 40);
        var total = 0.0;
        for (float sum : sums) {
            total += sum;
        }
        assertThat(total).isCloseTo(40, within(1e-3));
        var two = windows.of(3, 1, 2);
        // The second last token's row added to the last one's, with the earlier text as a context of its own.
        var shorter = SHIPPED.lab().prefill(SHIPPED.lab().tokens(TEXT.substring(0, TEXT.length() - 1)));
        var earlierRow = new LastRows(shorter).of(3, 1);
        for (int token = 0; token < earlierRow.length; token++) {
            assertThat(two[token]).isCloseTo(earlierRow[token] + lastRow[token], within(1e-5f));
        }
    }

    @Test
    void usageCountsWhatIsHeldAttendedAndRecalled() {
        var runs = List.of(
                ShippedModel.run("full", 1),
                ShippedModel.run("h2o", 64),
                ShippedModel.run("arkvale:page-size=32:attended=4", 192));
        var context = SHIPPED.lab().prefill(SHIPPED.lab().tokens(TEXT.repeat(4))); // 564 tokens
        try (var session = new Session(SHIPPED.lab(), context, runs, 4)) {
            for (int token : SHIPPED.lab().tokens("And ")) {
                session.decode(new int[] {token, token, token});
            }
            var bytes = 2.0 * Float.BYTES * 64;
            var full = session.usage().get(0);
            assertThat(full.residentPages()).isEqualTo(568 / 32.0);
            assertThat(full.attendedPages()).isEqualTo(566.5 / 32);
            assertThat(full.residentBytes()).isEqualTo(6 * 2 * 568 * bytes);
            var h2o = session.usage().get(1);
            assertThat(h2o.residentPages()).isEqualTo(2);
            assertThat(h2o.attendedPages()).isEqualTo(65 / 32.0);
            assertThat(h2o.residentBytes()).isEqualTo((2 * 2 * 568 + 4 * 2 * 64) * bytes);
            assertThat(h2o.recalledBytes()).isZero();
            assertThat(h2o.heldTokens()).isEqualTo(64);
            // Steps at 565, 566, 567 and 568 tokens; each limited layer reads the budget and the newest token, and goes
            // four times over the probabilities of its four query heads.
            var probabilities = 4.0 * 65 * Float.BYTES;
            assertThat(h2o.attentionBytesPerStep())
                    .isEqualTo((2 * 2 * 566.5 + 4 * 2 * 65) * bytes + 4 * 4 * probabilities);
            // Read once more, into sums of two KV heads that are read and written.
            assertThat(h2o.scoringBytesPerStep()).isEqualTo(4 * (probabilities + 2 * 2 * 64 * Float.BYTES));
            assertThat(full.attentionBytesPerStep()).isEqualTo(6 * 2 * 566.5 * bytes);
            var arkVale = session.usage().get(2);
            // Six pages, of which the last one lacks 8 tokens; at the steps it lacked 11, 10, 9 and 8.
            assertThat(arkVale.residentPages()).isEqualTo(6 - 8 / 32.0);
            assertThat(arkVale.attendedPages()).isEqualTo(5 - 9.5 / 32); // four filled pages and the last one
            assertThat(arkVale.residentBytes()).isEqualTo((2 * 2 * 568 + 4 * 2 * (6 * 32 - 8)) * bytes);
            assertThat(arkVale.recalledBytes()).isEqualTo(arkVale.recalledPagesPerStep() * 4 * 32 * 2 * bytes);
        }
    }

    @Test
    void attentionOfFollowingTokensIsTheSumOfTheirRows() {
        var tokens = SHIPPED.lab().tokens(TEXT);
        var context = SHIPPED.lab().prefill(tokens, true);
        var kernels = SHIPPED.lab().model().kernels();
        var following = new FollowingAttention(context, new SharedTokens(context, kernels.matrix()), kernels);
        var all = following.of(3, 1, 1000);
        var band = following.of(3, 1, 3);
        var expectedAll = new double[tokens.length];
        var expectedBand = new double[tokens.length];
        for (int length = 1; length <= tokens.length; length++) {
            var row = new LastRows(SHIPPED.lab().prefill(Arrays.copyOf(tokens, length))).of(3, 1);
            for (int token = 0; token < length; token++) {
                expectedAll[token] += row[token];
                expectedBand[token] += length - token <= 3 ? row[token] : 0;
            }
        }
        for (int token = 0; token < tokens.length; token++) {
            assertThat(all[token]).isCloseTo((float) expectedAll[token], within(1e-4f));
            assertThat(band[token]).isCloseTo((float) expectedBand[token], within(1e-4f));
        }
    }

    @Test
    void thePolicySeesOnlyWhatItDeclares() {
        assertThatThrownBy(() -> feed(TEXT, "A", List.of(nosy(List.of(Ability.EVICTS)))))
                .hasMessage("policy 'nosy' does not declare the ability last-row");
        assertThatThrownBy(() -> feed(TEXT, "A", List.of(nosy(List.of(Ability.LAST_ROW)))))
                .hasMessage("policy 'nosy' does not declare the ability evicts");
    }

    @Test
    void theQueriesOfAllTokensAreThereOnlyIfAskedFor() {
        var runs = List.of(ShippedModel.run("h2o:prefill-scores=all", 64));
        var context = SHIPPED.lab().prefill(SHIPPED.lab().tokens(TEXT.repeat(4)));
        assertThatThrownBy(() -> new Session(SHIPPED.lab(), context, runs, 1).close())
                .hasMessage("the query of token 0 of 564 is not remembered");
    }

    @Test
    void distancesAreTheSameForPoliciesThatChoose() {
        var logits = feed(TEXT, " And God", List.of(near(List.of()), near(List.of(Ability.CHOOSES))));
        var plain = feed(TEXT, " And God", List.of(ShippedModel.run("full", 1)));
        assertThat(distance(logits[0], plain[0])).isGreaterThan(1e-2);
        assertThat(distance(logits[0], logits[1])).isLessThan(2e-3);
    }

    /** A policy that keeps everything and sees nothing farther away than 20 tokens. */
    private static RunSpec near(List<Ability> more) {
        var abilities = new ArrayList<>(more);
        abilities.add(Ability.POSITIONS);
        var info = new PolicyInfo("sparse.near", "", "", abilities, List.of());
        TokenPolicy policy = new TokenPolicy() {
            @Override
            public PolicyInfo info() {
                return info;
            }

            @Override
            public LayerPolicy begin(LayerSetting setting) {
                return new LayerPolicy() {
                    @Override
                    public int[][] keep(ContextView context) {
                        return TokenSets.same(2, TokenSets.range(0, context.tokens()));
                    }

                    @Override
                    public int[][] choose(ChoiceStep step) {
                        return TokenSets.same(4, TokenSets.range(0, step.position() + 1));
                    }

                    @Override
                    public void decoded(DecodeStep step) {}

                    @Override
                    public int distance(int token, int position, int held) {
                        return Math.min(position - token, 20);
                    }
                };
            }
        };
        return new RunSpec(new PolicyChoice("near", policy, Settings.of(info, Map.of())), 3, 2);
    }

    @Test
    void anEvictedTokenCannotBeEvictedAgain() {
        assertThatThrownBy(() -> feed(TEXT, "AB", List.of(nosy(List.of(Ability.LAST_ROW, Ability.EVICTS)))))
                .hasMessage("token 0 is not held");
    }

    /** A policy that looks at the last row and evicts token 0 at every step. */
    private static RunSpec nosy(List<Ability> abilities) {
        var info = new PolicyInfo("evict.nosy", "", "", abilities, List.of());
        TokenPolicy policy = new TokenPolicy() {
            @Override
            public PolicyInfo info() {
                return info;
            }

            @Override
            public LayerPolicy begin(LayerSetting setting) {
                return new LayerPolicy() {
                    @Override
                    public int[][] keep(ContextView context) {
                        assertThat(context.lastRow(0)).hasSize(context.tokens());
                        return new int[][] {{0, 1, 2}, {0, 1, 2}};
                    }

                    @Override
                    public void decoded(DecodeStep step) {
                        step.evict(0, 0);
                    }
                };
            }
        };
        return new RunSpec(new PolicyChoice("nosy", policy, Settings.of(info, Map.of())), 3, 2);
    }

    private static float[][] feed(String context, String text, List<RunSpec> runs) {
        var tokens = SHIPPED.lab().tokens(text);
        var prefilled = SHIPPED.lab()
                .prefill(SHIPPED.lab().tokens(context), runs.stream().anyMatch(RunSpec::readsAllRows));
        try (var session = new Session(SHIPPED.lab(), prefilled, runs, tokens.length)) {
            var logits = new float[0][];
            for (int token : tokens) {
                var same = new int[runs.size()];
                Arrays.fill(same, token);
                logits = session.decode(same);
            }
            return logits;
        }
    }

    private static double distance(float[] a, float[] b) {
        var largest = 0.0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
        return largest;
    }
}
