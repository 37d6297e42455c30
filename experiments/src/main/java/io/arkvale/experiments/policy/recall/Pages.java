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
import io.arkvale.experiments.policy.page.described.DescribedKind;
import io.arkvale.experiments.policy.page.described.Scales;
import java.util.List;
import java.util.stream.Stream;

/** ArkVale's choice, recall and eviction with digests that no cache has yet: the place to try one. */
public final class Pages implements TokenPolicy {
    private static final PolicyOption DIGEST = new PolicyOption(
            "digest",
            Digests.names().getFirst(),
            String.join(", ", Digests.names()) + ", or a description such as disc-max*0.75/8@3+2",
            "summary of a page's keys: discs are the mean key and the largest distance from it in each RoPE pair's plane",
            new PolicyOption.Kind.Text(Digests.names(), Pages::isDigest));

    private static final PolicyOption SCALES = PolicyOption.choice(
            "scales",
            Scales.words(),
            "where the steps of a described digest's numbers in few bits come from: the page itself; per channel, the whole"
                    + " prompt or earlier pages, without or with doublings by the page; or those and zero points of the page");

    private static final PolicyOption BITS = PolicyOption.whole(
            "bits",
            Float.SIZE,
            2,
            Float.SIZE,
            "bits per element: of a disc, each channel in steps of its own; 16 of a paper's digest, its numbers in F16");

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
                                    SCALES,
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

    private static boolean isDigest(String text) {
        return Digests.names().contains(text) || DescribedKind.parse(text).isPresent();
    }

    private static PageDigest.Kind digest(Settings options) {
        var name = options.word(DIGEST.name());
        var bits = options.whole(BITS.name());
        var extent = options.real(EXTENT.name());
        var isWhole = bits == Float.SIZE && extent == 1;
        if (!Digests.names().contains(name)) {
            if (!isWhole) {
                throw new UserException("digest is '" + name + "', bits " + bits + " and extent " + extent
                        + "; a description says both itself, so leave these out");
            }
            return Digests.named(name + DescribedKind.SCALES + options.word(SCALES.name()));
        }
        if (!options.is(SCALES.name(), SCALES.defaultValue())) {
            throw new UserException("scales is '" + options.word(SCALES.name()) + "' with digest " + name
                    + "; it belongs to a description such as disc-max*0.75/8@3+2");
        }
        var kind = Digests.named(name);
        try {
            return isWhole ? kind : kind.with(bits, extent);
        } catch (UnsupportedOperationException e) {
            throw new UserException(
                    "bits is " + bits + " and extent " + extent + " with digest " + kind.name()
                            + "; allowed: 32 and 1.0, 16 for the digests of the interface, less only for discs",
                    e);
        }
    }
}
