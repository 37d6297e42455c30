package io.arkvale.experiments.policy.sparse;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.option.PolicyInfo;
import io.arkvale.experiments.policy.option.PolicyOption;
import io.arkvale.experiments.policy.page.BoxDigest;
import io.arkvale.experiments.policy.page.PageRules;
import io.arkvale.experiments.policy.page.PagedLayer;
import java.util.List;

/**
 * Attends to the pages with the largest bound of their dot products, each query head for itself; keeps everything on the
 * device (Tang et al., "Quest", 2024). The page that is not full always takes part.
 */
public final class Quest implements TokenPolicy {
    private static final int LEAST_PAGES = 3;
    private static final PolicyOption PAGE_SIZE = PolicyOption.whole("page-size", 16, 1, 1024, "tokens per page");

    private static final PolicyInfo INFO = new PolicyInfo(
            "sparse.quest",
            "everything; each query head attends to the pages with the largest bound of their scores",
            "Tang et al., Quest: Query-Aware Sparsity for Efficient Long-Context LLM Inference, ICML 2024",
            List.of(Ability.CHOOSES, Ability.QUERIES, Ability.KEYS),
            List.of(PAGE_SIZE));

    /** The policy. */
    public Quest() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        var pageSize = setting.options().whole(PAGE_SIZE.name());
        var attended = Math.max(LEAST_PAGES, setting.budget() / pageSize) - 1;
        var rules = new PageRules(pageSize, 0, 1, attended, PageRules.EVERYTHING, setting.queryHeads(), BoxDigest::max);
        return new PagedLayer(setting, rules);
    }
}
