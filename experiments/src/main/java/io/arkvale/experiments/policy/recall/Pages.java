package io.arkvale.experiments.policy.recall;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.option.PolicyInfo;
import io.arkvale.experiments.policy.option.PolicyOption;
import io.arkvale.experiments.policy.option.Settings;
import io.arkvale.experiments.policy.page.Digests;
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
            Digests.names(),
            "summary of a page's keys: discs are the mean key and the largest distance from it in each RoPE pair's plane");

    private static final PolicyOption BITS = PolicyOption.whole(
            "bits", Float.SIZE, 2, Float.SIZE, "bits per element of a disc; each channel has steps of its own");

    private static final PolicyOption EXTENT = PolicyOption.real(
            "extent",
            1,
            0,
            1,
            "factor of a disc's radii in its score; with 0 no radii are stored, and the mean keys alone count");

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
                                    BITS,
                                    EXTENT,
                                    PageRules.PAGE_SIZE,
                                    PageRules.SINK,
                                    PageRules.WINDOW,
                                    PageRules.ATTENDED,
                                    PageRules.HEAD_GROUPS),
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
                setting, PageRules.of(setting, digest(setting.options())), PageIdeas.of(setting.options()));
    }

    private static PageDigest.Kind digest(Settings options) {
        var kind = Digests.named(options.word(DIGEST.name()));
        var bits = options.whole(BITS.name());
        var extent = options.real(EXTENT.name());
        try {
            return bits == Float.SIZE && extent == 1 ? kind : kind.with(bits, extent);
        } catch (UnsupportedOperationException e) {
            throw new UserException(
                    "bits is " + bits + " and extent " + extent + " with digest " + kind.name()
                            + "; allowed: 32 and 1.0, less only for discs",
                    e);
        }
    }
}
