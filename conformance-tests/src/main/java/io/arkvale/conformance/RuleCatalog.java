package io.arkvale.conformance;

import io.arkvale.conformance.property.Context;
import io.arkvale.conformance.rules.AppendRules;
import io.arkvale.conformance.rules.AttentionRules;
import io.arkvale.conformance.rules.BackendRules;
import io.arkvale.conformance.rules.CommitRules;
import io.arkvale.conformance.rules.CompanyRules;
import io.arkvale.conformance.rules.DeclarationRules;
import io.arkvale.conformance.rules.ErrorRules;
import io.arkvale.conformance.rules.EstimateRules;
import io.arkvale.conformance.rules.ForkRules;
import io.arkvale.conformance.rules.MixedStepRules;
import io.arkvale.conformance.rules.RecallRules;
import io.arkvale.conformance.rules.SizeRules;
import io.arkvale.conformance.rules.StepRules;
import io.arkvale.conformance.rules.TensorRules;
import io.arkvale.conformance.rules.TruncationRules;
import io.arkvale.conformance.rules.Verification;
import io.arkvale.conformance.rules.WholeLifeRules;
import io.arkvale.conformance.rules.WindowRules;
import io.arkvale.conformance.rules.WrappedTensorRules;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Finds the tests: every method {@code required_specNNN_…} of the verification classes. */
final class RuleCatalog {
    /** One test. */
    record RuleTest(int rule, Method method, Function<Context, Verification> create) {
        String name() {
            return method.getName();
        }

        void run(Context context) throws Throwable {
            try {
                method.invoke(create.apply(context));
            } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
            }
        }
    }

    private static final Pattern NAME = Pattern.compile("required_spec(\\d{3})_\\w+");

    private static final List<RuleTest> TESTS = find();

    private RuleCatalog() {}

    /** Every test, by rule and name. */
    static List<RuleTest> tests() {
        return TESTS;
    }

    /** Rules that have a test. */
    static SortedSet<Integer> rules() {
        var rules = new TreeSet<Integer>();
        TESTS.forEach(test -> rules.add(test.rule()));
        return rules;
    }

    private static List<RuleTest> find() {
        var tests = new ArrayList<RuleTest>();
        add(tests, BackendRules.class, BackendRules::new);
        add(tests, TensorRules.class, TensorRules::new);
        add(tests, WrappedTensorRules.class, WrappedTensorRules::new);
        add(tests, AppendRules.class, AppendRules::new);
        add(tests, EstimateRules.class, EstimateRules::new);
        add(tests, RecallRules.class, RecallRules::new);
        add(tests, AttentionRules.class, AttentionRules::new);
        add(tests, MixedStepRules.class, MixedStepRules::new);
        add(tests, StepRules.class, StepRules::new);
        add(tests, WindowRules.class, WindowRules::new);
        add(tests, TruncationRules.class, TruncationRules::new);
        add(tests, ForkRules.class, ForkRules::new);
        add(tests, CompanyRules.class, CompanyRules::new);
        add(tests, CommitRules.class, CommitRules::new);
        add(tests, DeclarationRules.class, DeclarationRules::new);
        add(tests, ErrorRules.class, ErrorRules::new);
        add(tests, SizeRules.class, SizeRules::new);
        add(tests, WholeLifeRules.class, WholeLifeRules::new);
        tests.sort(Comparator.comparingInt(RuleTest::rule).thenComparing(RuleTest::name));
        return List.copyOf(tests);
    }

    private static void add(
            List<RuleTest> tests, Class<? extends Verification> type, Function<Context, Verification> create) {
        Arrays.stream(type.getDeclaredMethods()).forEach(method -> {
            var name = NAME.matcher(method.getName());
            if (name.matches()) {
                tests.add(new RuleTest(Integer.parseInt(name.group(1)), method, create));
            }
        });
    }
}
