package io.arkvale.experiments.policy.bound;

import io.arkvale.experiments.policy.Policy;
import io.arkvale.experiments.policy.PolicyInfo;
import java.util.List;

/** Full attention over everything: the upper bound. The budget means nothing to it. */
public final class Full implements Policy {
    private static final PolicyInfo INFO =
            new PolicyInfo("bound.full", "everything", "Vaswani et al., 2017", List.of(), List.of());

    @Override
    public boolean isDense() {
        return true;
    }

    @Override
    public PolicyInfo info() {
        return INFO;
    }
}
