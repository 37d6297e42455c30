package io.arkvale.experiments.simulate;

import io.arkvale.api.Scope;
import io.arkvale.experiments.UserException;

/**
 * How a policy keeps its cache.
 *
 * @param budget tokens that a limited layer keeps of a sequence, a multiple of the page size
 * @param pageSize tokens per page
 * @param sinkPages first pages that always take part
 * @param windowPages last pages that always take part
 * @param denseLayers layers that keep everything
 * @param scope whether ArkVale attends to the pages it chose or to all that are resident
 * @param recalls pages recalled per limited layer, sequence and step
 * @param overlap whether pages come while the rest of the step runs, as with prefetching, or attention waits for them
 */
public record CacheSetting(
        int budget,
        int pageSize,
        int sinkPages,
        int windowPages,
        int denseLayers,
        Scope scope,
        double recalls,
        boolean overlap) {
    /** The largest number of tokens that the paper attends to (section 5.1: k below 40 pages of 32). */
    private static final int MOST_ATTENDED = 40 * 32;

    /** Checks the ranges. */
    public CacheSetting {
        least("budget", budget, 1);
        least("page size", pageSize, 1);
        least("sink pages", sinkPages, 0);
        least("window pages", windowPages, 1);
        least("dense layers", denseLayers, 0);
        if (budget % pageSize != 0 || budget / pageSize < sinkPages + windowPages + 1) {
            throw new UserException("budget is " + budget + " tokens; allowed: a multiple of the page size, which is "
                    + pageSize + ", from " + (sinkPages + windowPages + 1) * pageSize);
        }
        int pages = budget / pageSize;
        if (!(recalls >= 0 && recalls <= pages)) {
            throw new UserException("recalls is " + recalls + " pages per layer, sequence and step; allowed: 0 to "
                    + budget / pageSize + ", the budget in pages");
        }
    }

    /** Tokens that ArkVale attends to in a limited layer of a sequence with more pages than the budget. */
    public int attendedTokens() {
        var chosen = Math.max(sinkPages + windowPages, Math.min(MOST_ATTENDED, budget / 2) / pageSize);
        return scope == Scope.RESIDENT ? budget : chosen * pageSize;
    }

    private static void least(String what, int value, int least) {
        if (value < least) {
            throw new UserException(what + " is " + value + "; allowed: at least " + least);
        }
    }
}
