package io.arkvale.experiments.observe;

import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.run.Lab;
import java.util.List;
import java.util.Locale;

/** What can be measured of full attention. */
public enum Measure {
    /** How few pages hold most of the attention. */
    SPARSITY,
    /** Where each page stands among all pages from step to step. */
    RANKS,
    /** How many of the pages with the largest scores each digest finds. */
    DIGESTS,
    /** How many of the pages that a budget has room for each digest finds, beside its bits. */
    FRONTIER;

    /** Steps from one record of ranks to the next. */
    private static final int EVERY = 4;

    /** As options spell it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether a backend takes part. */
    public boolean needsBackend() {
        return this == DIGESTS;
    }

    /** Whether digests are compared. */
    public boolean takesDigests() {
        return this == DIGESTS || this == FRONTIER;
    }

    /**
     * Prefills the passage's context, feeds the rest under full attention, and measures there.
     *
     * @param denseLayers first layers, in which ranks and digests mean nothing
     * @param digests names of the digests, or empty for the paper's
     * @param budgets tokens that a KV head may hold; the frontier is of all of them
     * @param progress run after each token
     */
    public Report of(
            Lab lab,
            Passage passage,
            int pageSize,
            int denseLayers,
            List<String> digests,
            List<Integer> budgets,
            Runnable progress) {
        try (var watcher = watcher(lab, passage, pageSize, denseLayers, digests, budgets)) {
            WatchedText.run(lab, passage, watcher, progress);
            return watcher.report();
        }
    }

    private Watcher watcher(
            Lab lab, Passage passage, int pageSize, int denseLayers, List<String> digests, List<Integer> budgets) {
        return switch (this) {
            case FRONTIER ->
                new DigestFrontier(
                        lab.model().config(),
                        pageSize,
                        denseLayers,
                        passage,
                        digests.isEmpty() ? DigestRecall.ofThePaper() : digests,
                        budgets);
            case SPARSITY -> new Sparsity(pageSize);
            case RANKS -> new PageRanks(pageSize, EVERY, denseLayers);
            case DIGESTS ->
                new DigestRecall(
                        lab.backend(),
                        lab.model().config(),
                        pageSize,
                        denseLayers,
                        passage,
                        digests.isEmpty() ? DigestRecall.ofThePaper() : digests);
        };
    }
}
