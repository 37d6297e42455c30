package io.arkvale.experiments.cli.option;

import io.arkvale.experiments.policy.Policies;
import java.util.Iterator;

/** The short names of all policies, for completion in a shell. */
public final class PolicyNames implements Iterable<String> {
    /** Where their options are explained. */
    public static final String HELP = "'arkvale policies --help NAME' explains the options of a policy.";

    @Override
    public Iterator<String> iterator() {
        return Policies.all().stream().map(policy -> policy.info().shortName()).iterator();
    }
}
