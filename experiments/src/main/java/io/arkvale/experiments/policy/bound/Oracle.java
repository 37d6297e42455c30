package io.arkvale.experiments.policy.bound;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.PolicyInfo;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.page.PageRules;
import io.arkvale.experiments.policy.page.PagedLayer;
import java.util.List;

/** The pages with the largest exact scores, recalled at will: no policy that chooses pages can know more. */
public final class Oracle implements TokenPolicy {
    private static final PolicyInfo INFO = new PolicyInfo(
            "bound.oracle",
            "the pages with the largest exact scores; evicted pages come back",
            "upper bound of page policies",
            List.of(Ability.EVICTS, Ability.RECALLS, Ability.CHOOSES, Ability.EXACT_SCORES, Ability.LAST_ROW),
            List.of(PageRules.PAGE_SIZE, PageRules.SINK, PageRules.WINDOW, PageRules.ATTENDED, PageRules.HEAD_GROUPS));

    /** The policy. */
    public Oracle() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        return new PagedLayer(setting, PageRules.of(setting, null));
    }
}
