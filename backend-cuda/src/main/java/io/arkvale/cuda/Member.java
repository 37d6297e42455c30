package io.arkvale.cuda;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Scope;

/** One sequence's part in a step. */
final class Member {
    /** {@code MOST_WEIGHTS} of estimate.cu. */
    private static final int MOST_WEIGHTS = 8192;

    final CudaSequence sequence;
    final int index;
    final int tokens;
    final int lengthBefore;
    long attendedPages;
    long scoredPages;
    private final CacheSpec cache;

    Member(CudaSequence sequence, int index, int tokens) {
        this.sequence = sequence;
        this.index = index;
        this.tokens = tokens;
        lengthBefore = sequence.length;
        cache = sequence.cache.spec;
    }

    int lengthAfter() {
        return lengthBefore + tokens;
    }

    int pagesBefore() {
        return cache.pages(lengthBefore);
    }

    int pagesAfter() {
        return cache.pages(lengthAfter());
    }

    int filledBefore() {
        return lengthBefore / cache.pageSize();
    }

    int filledAfter() {
        return lengthAfter() / cache.pageSize();
    }

    boolean isOverBudget(int layer) {
        return sequence.spec.isLimited(layer) && pagesAfter() > sequence.spec.budgetPages();
    }

    /** Pages whose order select has to find. */
    int candidates() {
        return pagesAfter() - sequence.spec.sinkPages() - sequence.spec.windowPages();
    }

    /** Pages that a decode attends to, a head group. */
    int attended(int layer) {
        if (!isOverBudget(layer)) {
            return pagesAfter();
        }
        return switch (sequence.spec.scope()) {
            case ATTENDED -> sequence.spec.attendedPages() + 1;
            case RESIDENT -> sequence.spec.budgetPages();
        };
    }

    /** Whether a decode attends to whatever is resident then. */
    boolean attendsToResidents(int layer) {
        return isOverBudget(layer) && sequence.spec.scope() == Scope.RESIDENT;
    }

    /** Tokens that a decode attends to. */
    int attendedTokens(int layer) {
        int missing = pagesAfter() * cache.pageSize() - lengthAfter();
        return attended(layer) * cache.pageSize() - missing;
    }

    /** Most splits of a decode's attention. */
    int mostSplits(int layer) {
        int attended = attendedTokens(layer);
        return isOverBudget(layer) ? Splits.mostCount(attended) : Splits.count(attended);
    }

    /** Whether queries may be averaged before they are scored; {@code isLinear} of estimate.cu. */
    boolean isLinear() {
        return switch (sequence.spec.groupScore()) {
            case MEAN ->
                (cache.headDim() == 64 || cache.headDim() == 128)
                        && (long) cache.kvHeadsPerGroup() * cache.headDim() <= MOST_WEIGHTS;
            case MAX, MEAN_SOFTMAX -> false;
        };
    }

    /** Group pages of limited layers that the step fills. */
    long newBackups() {
        return (long) (filledAfter() - filledBefore()) * sequence.limitedLayers() * cache.headGroups();
    }
}
