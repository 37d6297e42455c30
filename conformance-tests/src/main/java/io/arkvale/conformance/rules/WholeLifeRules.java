package io.arkvale.conformance.rules;

import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.conformance.cases.Action;
import io.arkvale.conformance.cases.Action.Kind;
import io.arkvale.conformance.cases.Inputs;
import io.arkvale.conformance.cases.Life;
import io.arkvale.conformance.data.Settings;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;

/** Whole lives of caches: everything at once, in any order. */
public final class WholeLifeRules extends Verification {
    private static final int MOST_ACTIONS = 100;
    private static final double MOST_NEAR_TIES = 0.01;
    private static final long FEW_CHOICES = 1000;

    /** Called for every test. */
    public WholeLifeRules(Context context) {
        super(context);
    }

    /**
     * Sequences begin, grow, fork, close, are undone and poisoned in any order, and after every action the whole cache is
     * what the oracle says, all invariants included. A failure names the rule it breaks; the test of that rule says what
     * to check. The actions listed are the shortest that fail. Choices of pages may differ from the oracle's as near
     * ties in one case of a hundred.
     */
    public void required_spec000_wholeLivesOfCaches() {
        var wanted = context().actions();
        forAllWhile(lives(), () -> context().findings().actions() < wanted, life -> {
            try (var lockstep = open(backend(), new Inputs(life.cache(), life.kind(), life.seed()))) {
                var player = new LifePlayer(lockstep, life);
                for (var action : life.actions()) {
                    context().findings().acted();
                    player.act(action);
                }
            }
        });
        var choices = context().findings().decisions();
        var nearTies = context().findings().nearTies();
        require(
                402,
                choices < FEW_CHOICES || nearTies <= MOST_NEAR_TIES * choices,
                "%d of %d choices of pages on data without ties differ from the oracle's; 1 %% may",
                nearTies,
                choices);
    }

    private Arbitrary<Life> lives() {
        var generators = generators();
        return Combinators.combine(
                        generators.smallShapes(),
                        generators.settings().list().ofMinSize(1).ofMaxSize(3),
                        Arbitraries.of(1, 2),
                        generators.kinds(),
                        generators.seeds(),
                        actions()
                                .list()
                                .ofMinSize(1)
                                .ofMaxSize(MOST_ACTIONS)
                                .withSizeDistribution(RandomDistribution.uniform()))
                .as((shape, settings, copies, kind, seed, actions) ->
                        new Life(shape, fitting(settings, shape.layers()), copies, kind, seed, actions));
    }

    private static List<io.arkvale.api.SequenceSpec> fitting(List<io.arkvale.api.SequenceSpec> settings, int layers) {
        return settings.stream()
                .map(one -> one.denseLayers() > layers ? Settings.withDenseLayers(one, 0) : one)
                .toList();
    }

    private Arbitrary<Action> actions() {
        var kinds = Arbitraries.frequency(
                Tuple.of(4, Kind.BEGIN),
                Tuple.of(10, Kind.DECODE_FUSED),
                Tuple.of(8, Kind.DECODE_FIVE),
                Tuple.of(6, Kind.DECODE_OWN_SCORES),
                Tuple.of(4, Kind.DECODE_PREFETCHED),
                Tuple.of(4, Kind.PREFILL),
                Tuple.of(6, Kind.INGEST),
                Tuple.of(2, Kind.MIXED_ROUTES),
                Tuple.of(3, Kind.FORK),
                Tuple.of(2, Kind.CLOSE),
                Tuple.of(3, Kind.UNDO_DECODE),
                Tuple.of(2, Kind.UNDO_PREFILL),
                Tuple.of(1, Kind.MISUSE),
                Tuple.of(1, poisonOrNot()),
                Tuple.of(1, Kind.SYNCHRONIZE));
        return Combinators.combine(
                        kinds,
                        Arbitraries.integers().between(0, 15),
                        Arbitraries.integers().between(0, 63))
                .as(Action::new);
    }

    /** With immediate checks nothing is ever poisoned. */
    private Kind poisonOrNot() {
        return "immediate".equals(context().options().get("checks")) ? Kind.SYNCHRONIZE : Kind.POISON;
    }
}
