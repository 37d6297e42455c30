package io.arkvale.conformance.rules;

import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.conformance.cases.Action.Kind;
import io.arkvale.conformance.property.Context;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;

/** Long random runs: everything at once, in any order. */
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
        forAllWhile(
                generators().lives(kinds(), MOST_ACTIONS),
                () -> context().findings().actions() < wanted,
                life -> {
                    life.actions().forEach(any -> context().findings().acted());
                    live(life);
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

    private Arbitrary<Kind> kinds() {
        return Arbitraries.frequency(
                Tuple.of(4, Kind.BEGIN),
                Tuple.of(10, Kind.DECODE_FUSED),
                Tuple.of(8, Kind.DECODE_FIVE),
                Tuple.of(6, Kind.DECODE_OWN_SCORES),
                Tuple.of(4, Kind.DECODE_PREFETCHED),
                Tuple.of(4, Kind.DECODE_ASYNC),
                Tuple.of(4, Kind.PREFILL),
                Tuple.of(6, Kind.INGEST),
                Tuple.of(2, Kind.MIXED_ROUTES),
                Tuple.of(3, Kind.FORK),
                Tuple.of(2, Kind.CLOSE),
                Tuple.of(3, Kind.UNDO_DECODE),
                Tuple.of(2, Kind.UNDO_PREFILL),
                Tuple.of(1, Kind.MISUSE),
                Tuple.of(1, poisonOrNot()),
                Tuple.of(6, Kind.MIXED_ROLES),
                Tuple.of(4, Kind.DRAFT),
                Tuple.of(2, Kind.UNDO_ROLES),
                Tuple.of(4, Kind.TRUNCATE),
                Tuple.of(3, Kind.FORK_AT),
                Tuple.of(3, Kind.OTHERS),
                Tuple.of(1, Kind.SYNCHRONIZE));
    }

    /** With immediate checks nothing is ever poisoned. */
    private Kind poisonOrNot() {
        return "immediate".equals(context().options().get("checks")) ? Kind.SYNCHRONIZE : Kind.POISON;
    }
}
