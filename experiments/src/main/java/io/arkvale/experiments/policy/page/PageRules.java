package io.arkvale.experiments.policy.page;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.option.HeadGroups;
import io.arkvale.experiments.policy.option.PolicyOption;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How pages are chosen, in the terms of the cache's sequence settings.
 *
 * @param pageSize tokens per page
 * @param sink first pages that always take part
 * @param window last pages that always take part, the last one counted
 * @param attended filled pages that take part
 * @param budget pages on the device, or {@link #EVERYTHING}
 * @param groups query heads that choose together, as many groups
 * @param digest summary of a page, or null to rank by the largest exact score
 */
public record PageRules(
        int pageSize, int sink, int window, int attended, int budget, int groups, PageDigest.@Nullable Kind digest) {
    /** Budget of a policy that keeps everything on the device. */
    public static final int EVERYTHING = Integer.MAX_VALUE;

    /** The query heads of each group. */
    int[][] groups(LayerSetting setting) {
        var size = setting.queryHeads() / groups;
        return IntStream.range(0, groups)
                .mapToObj(group ->
                        IntStream.range(group * size, (group + 1) * size).toArray())
                .toArray(int[][]::new);
    }

    /** Option: tokens per page. */
    public static final PolicyOption PAGE_SIZE = PolicyOption.whole("page-size", 32, 1, 1024, "tokens per page");

    /** Option: first pages. */
    public static final PolicyOption SINK = PolicyOption.whole("sink", 2, 0, 1024, "first pages that always take part");

    /** Option: last pages. */
    public static final PolicyOption WINDOW =
            PolicyOption.whole("window", 2, 1, 1024, "last pages that always take part");

    /** Option: how many pages take part. */
    public static final PolicyOption ATTENDED = PolicyOption.choice(
            "attended",
            List.of("half", "budget"),
            "pages that take part: half the budget and at most 1280 tokens, or all");

    /** Option: who chooses together. */
    public static final PolicyOption HEAD_GROUPS = HeadGroups.OPTION;

    /**
     * Rules from a policy's options of these names.
     *
     * @throws UserException if sink and window do not fit in the budget
     */
    public static PageRules of(LayerSetting setting, PageDigest.@Nullable Kind digest) {
        var options = setting.options();
        var pageSize = options.whole(PAGE_SIZE.name());
        var budget = setting.budget() / pageSize;
        var sink = options.whole(SINK.name());
        var window = options.whole(WINDOW.name());
        if (budget <= sink + window) {
            throw new UserException(
                    "budget " + setting.budget() + " is " + budget + " pages of " + pageSize + " tokens: " + sink
                            + " sink and " + window + " window pages need at least " + (sink + window + 1));
        }
        var half = Math.max(sink + window, Math.min(40 * 32, setting.budget() / 2) / pageSize);
        var attended = options.is(ATTENDED.name(), "budget") ? budget - 1 : half;
        var groups = HeadGroups.of(options, setting.kvHeads());
        return new PageRules(pageSize, sink, window, attended, budget, groups, digest);
    }
}
