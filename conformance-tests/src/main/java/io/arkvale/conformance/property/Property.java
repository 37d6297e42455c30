package io.arkvale.conformance.property;

import io.arkvale.conformance.data.Code;
import io.arkvale.conformance.data.SkippedException;
import io.arkvale.conformance.lockstep.RuleViolation;
import io.arkvale.conformance.property.Generation.Case;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import net.jqwik.api.Arbitrary;
import org.jspecify.annotations.Nullable;

/** Tries generated cases and shrinks the first that breaks a rule. */
public final class Property {
    /** What must hold of every case; breaks of it are raised as {@link RuleViolation}. */
    @FunctionalInterface
    public interface Law<T> {
        /** Checks one case. */
        void check(T generated) throws Exception;
    }

    private Property() {}

    /** Tries as many cases as are asked for while a condition holds, or the one case that the context gives. */
    public static <T> void hold(Arbitrary<T> cases, int tries, BooleanSupplier goOn, Context context, Law<T> law) {
        if (context.given() != null) {
            @SuppressWarnings("unchecked") // The caller gives a case of the test's own type.
            var given = (T) context.given();
            var found = violation(law, given);
            if (found != null) {
                throw found;
            }
            return;
        }
        var generator = Generation.generator(cases, true);
        var random = new Random(context.seed());
        for (var attempt = 1; attempt <= tries && goOn.getAsBoolean(); attempt++) {
            var generated = Generation.next(generator, random);
            var violation = violation(law, generated.value());
            if (violation != null) {
                throw report(generated, violation, law, attempt, context);
            }
        }
    }

    private static <T> RuleViolation report(
            Case<T> generated, RuleViolation violation, Law<T> law, int attempt, Context context) {
        var smallest = generated;
        var reason = violation;
        var left = context.shrinks();
        var shrinking = left > 0;
        while (shrinking) {
            shrinking = false;
            var candidates = Generation.smaller(smallest);
            while (left-- > 0) {
                var candidate = Generation.next(candidates, smallest);
                if (candidate == null) {
                    break;
                }
                var again = violation(law, candidate.value());
                if (again != null && again.rule() == violation.rule()) {
                    smallest = candidate;
                    reason = again;
                    shrinking = true;
                    break;
                }
            }
        }
        // The message of a violation begins with its rule already.
        var message = reason.getMessage() == null ? "" : reason.getMessage().replaceFirst("^rule \\d+: ", "");
        return new RuleViolation(
                reason.rule(),
                message + "\n  case: try " + attempt + " of seed " + context.seed() + ", made smaller; alone again by"
                        + "\n    ConformanceKit.check(" + options(context) + ", \"" + context.test() + "\",\n        "
                        + Code.of(smallest.value()) + ");",
                reason);
    }

    private static String options(Context context) {
        var code = new StringBuilder(
                "ConformanceOptions.of(" + Code.of(context.provider().id()) + ")");
        new TreeMap<>(context.options())
                .forEach((name, value) -> code.append(".option(" + Code.of(name) + ", " + Code.of(value) + ")"));
        return code.toString();
    }

    private static <T> @Nullable RuleViolation violation(Law<T> law, T generated) {
        try {
            law.check(generated);
            return null;
        } catch (RuleViolation e) {
            return e;
        } catch (SkippedException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the kit failed on " + generated, e);
        }
    }
}
