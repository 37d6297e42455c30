package io.arkvale.experiments.policy.recall;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.PolicyInfo;
import io.arkvale.experiments.policy.PolicyOption;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.page.BoxDigest;
import io.arkvale.experiments.policy.page.DiscDigest;
import io.arkvale.experiments.policy.page.PageDigest;
import io.arkvale.experiments.policy.page.PageIdeas;
import io.arkvale.experiments.policy.page.PageRules;
import io.arkvale.experiments.policy.page.PagedLayer;
import java.util.List;
import java.util.stream.Stream;

/** ArkVale's choice, recall and eviction with digests that no cache has yet: the place to try one. */
public final class Pages implements TokenPolicy {
    private static final PolicyOption DIGEST = PolicyOption.choice(
            "digest",
            List.of("disc", "half-discs", "quarter-discs", "cuboid-max", "cuboid-mean", "centroid"),
            "summary of a page's keys: discs are the mean key and the largest distance from it in each RoPE pair's plane");

    private static final PolicyInfo INFO = new PolicyInfo(
            "recall.pages",
            "pages whose digest the query ranks high, with digests still on trial; evicted pages come back",
            "after Chen et al., ArkVale, NeurIPS 2024",
            List.of(
                    Ability.EVICTS,
                    Ability.RECALLS,
                    Ability.CHOOSES,
                    Ability.QUERIES,
                    Ability.KEYS,
                    Ability.VALUES,
                    Ability.ESTIMATES),
            Stream.concat(
                            Stream.of(
                                    DIGEST,
                                    PageRules.PAGE_SIZE,
                                    PageRules.SINK,
                                    PageRules.WINDOW,
                                    PageRules.ATTENDED,
                                    PageRules.CHOICE),
                            PageIdeas.OPTIONS.stream())
                    .toList());

    /** The policy. */
    public Pages() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        return new PagedLayer(
                setting,
                PageRules.of(setting, digest(setting.options().word(DIGEST.name()))),
                PageIdeas.of(setting.options()));
    }

    private static PageDigest.Kind digest(String word) {
        return switch (word) {
            case "disc" -> headDim -> DiscDigest.of(headDim, 1);
            case "half-discs" -> headDim -> DiscDigest.of(headDim, 2);
            case "quarter-discs" -> headDim -> DiscDigest.of(headDim, 4);
            case "cuboid-max" -> BoxDigest::max;
            case "cuboid-mean" -> BoxDigest::mean;
            case "centroid" -> DiscDigest::centroid;
            default -> throw new IllegalArgumentException("no digest " + word);
        };
    }
}
