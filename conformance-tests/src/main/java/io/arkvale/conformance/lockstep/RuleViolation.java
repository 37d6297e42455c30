package io.arkvale.conformance.lockstep;

import io.arkvale.api.ArkValeException;
import org.jspecify.annotations.Nullable;

/** A backend broke a rule of the specification. */
public final class RuleViolation extends AssertionError {
    private static final long serialVersionUID = 1L;

    private final int rule;

    /** Creates the violation. */
    public RuleViolation(int rule, String message) {
        this(rule, message, null);
    }

    /** Creates the violation with the error that showed it. */
    public RuleViolation(int rule, String message, @Nullable Throwable cause) {
        super("rule " + rule + ": " + message, cause);
        this.rule = rule;
    }

    /** Number of the rule. */
    public int rule() {
        return rule;
    }

    /** Raises the violation unless the condition holds. */
    @SuppressWarnings(
            "AnnotateFormatMethod") // The annotation's artifact would be a dependency of every backend's tests.
    public static void require(int rule, boolean holds, String format, Object... arguments) {
        if (!holds) {
            throw new RuleViolation(rule, format.formatted(arguments));
        }
    }

    /** Makes an illegal call; anything but the expected error breaks the rule. */
    public static <E extends ArkValeException> E expect(int rule, Class<E> expected, String what, Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            if (expected.isInstance(e)) {
                return expected.cast(e);
            }
            throw new RuleViolation(rule, what + " must raise " + expected.getSimpleName() + ", raised " + e, e);
        }
        throw new RuleViolation(rule, what + " must raise " + expected.getSimpleName() + ", raised nothing");
    }
}
