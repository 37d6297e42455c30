package io.arkvale.cuda.step;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Scope;
import io.arkvale.cuda.CudaSequence;

/** One sequence's part in a step. */
public final class Member {
    /** {@code MOST_WEIGHTS} of estimate.cu. */
    private static final int MOST_WEIGHTS = 8192;

    public final CudaSequence sequence;
    public final int index;
    public final int tokens;
    public final int lengthBefore;
    public long attendedPages;
    public long scoredPages;
    private final CacheSpec cache;

    public Member(CudaSequence sequence, int index, int tokens) {
        this.sequence = sequence;
        this.index = index;
        this.tokens = tokens;
        lengthBefore = sequence.length;
        cache = sequence.cache.spec;
    }

    public int lengthAfter() {
        return lengthBefore + tokens;
    }

    public int pagesBefore() {
        return cache.pages(lengthBefore);
    }

    public int pagesAfter() {
        return cache.pages(lengthAfter());
    }

    public int filledBefore() {
        return lengthBefore / cache.pageSize();
    }

    public int filledAfter() {
        return lengthAfter() / cache.pageSize();
    }

    public boolean isOverBudget(int layer) {
        return sequence.spec.isLimited(layer) && pagesAfter() > sequence.spec.budgetPages();
    }

    /** Pages whose order select has to find. */
    public int candidates() {
        return pagesAfter() - sequence.spec.sinkPages() - sequence.spec.windowPages();
    }

    /** Pages that a decode attends to, a head group. */
    public int attended(int layer) {
        if (!isOverBudget(layer)) {
            return pagesAfter();
        }
        return switch (sequence.spec.scope()) {
            case ATTENDED -> sequence.spec.attendedPages() + 1;
            case RESIDENT -> sequence.spec.budgetPages();
        };
    }

    /** Whether a decode attends to whatever is resident then. */
    public boolean attendsToResidents(int layer) {
        return isOverBudget(layer) && sequence.spec.scope() == Scope.RESIDENT;
    }

    /** Tokens that a decode attends to. */
    public int attendedTokens(int layer) {
        int missing = pagesAfter() * cache.pageSize() - lengthAfter();
        return attended(layer) * cache.pageSize() - missing;
    }

    /** Most splits of a decode's attention. */
    public int mostSplits(int layer) {
        int attended = attendedTokens(layer);
        return isOverBudget(layer) ? Splits.mostCount(attended) : Splits.count(attended);
    }

    /** Whether queries may be averaged before they are scored; {@code isLinear} of estimate.cu. */
    public boolean isLinear() {
        return switch (sequence.spec.groupScore()) {
            case MEAN ->
                (cache.headDim() == 64 || cache.headDim() == 128)
                        && (long) cache.kvHeadsPerGroup() * cache.headDim() <= MOST_WEIGHTS;
            case MAX, MEAN_SOFTMAX -> false;
        };
    }

    /** Group pages of limited layers that the step fills. */
    public long newBackups() {
        return (long) (filledAfter() - filledBefore()) * sequence.limitedLayers() * cache.headGroups();
    }
}
