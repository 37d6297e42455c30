package io.arkvale.experiments.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What holds for every policy that attends to all it holds, whatever it is shown. */
class PolicyPropertiesTest {
    private static final int QUERY_HEADS = 4;
    private static final int KV_HEADS = 2;

    @Provide
    Arbitrary<TokenPolicy> policies() {
        var policies = Policies.all().stream()
                .filter(TokenPolicy.class::isInstance)
                .map(TokenPolicy.class::cast)
                .filter(policy ->
                        !policy.info().has(Ability.CHOOSES) && !policy.info().has(Ability.UNBUDGETED))
                .toList();
        return Arbitraries.of(policies);
    }

    @Property(tries = 300)
    void neverHoldsMoreThanTheBudgetAndTakesNothingBack(
            @ForAll("policies") TokenPolicy policy,
            @ForAll @IntRange(min = 40, max = 64) int budget,
            @ForAll @IntRange(min = 1, max = 96) int context,
            @ForAll long seed) {
        var random = new Random(seed);
        var grows = policy.info().has(Ability.GROWS) ? 1 : 0;
        var trial = new PolicyTrial(policy, Map.of(), budget, QUERY_HEADS, KV_HEADS).voting(rows(context, random));
        var before = copy(trial.context(rows(context, random)));
        var kept = before.stream().mapToInt(List::size).sum();
        assertThat(kept).isEqualTo(KV_HEADS * Math.min(budget, context));
        for (var tokens : before) {
            assertThat(tokens).isSorted().doesNotHaveDuplicates();
        }
        for (int step = 0; step < 20; step++) {
            var position = trial.length();
            var after = copy(trial.step(rows(position + 1, random)));
            for (int head = 0; head < KV_HEADS; head++) {
                var allowed = new ArrayList<>(before.get(head));
                allowed.add(position);
                assertThat(allowed).containsAll(after.get(head));
            }
            var held = after.stream().mapToInt(List::size).sum();
            assertThat(held).isLessThanOrEqualTo(KV_HEADS * (budget + grows * (step + 1)));
            before = after;
        }
    }

    @Property(tries = 100)
    void holdsEverythingThatFits(
            @ForAll("policies") TokenPolicy policy,
            @ForAll @IntRange(min = 1, max = 20) int context,
            @ForAll long seed) {
        var random = new Random(seed);
        var trial = new PolicyTrial(policy, Map.of(), 40, QUERY_HEADS, KV_HEADS).voting(rows(context, random));
        assertThat(trial.context(rows(context, random)).getFirst()).hasSize(context);
        for (int length = context + 1; length <= 40; length++) {
            assertThat(trial.step(rows(length, random)).getLast()).hasSize(length);
        }
    }

    private static double[][] rows(int tokens, Random random) {
        var rows = new double[QUERY_HEADS][tokens];
        for (var row : rows) {
            Arrays.setAll(row, token -> random.nextDouble());
        }
        return rows;
    }

    private static List<List<Integer>> copy(List<List<Integer>> sets) {
        return sets.stream().map(List::copyOf).toList();
    }
}
