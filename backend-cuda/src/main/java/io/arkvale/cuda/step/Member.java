package io.arkvale.cuda.step;

import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Scope;
import io.arkvale.core.step.StepMember;
import io.arkvale.cuda.CudaSequence;

/** One sequence's part in a step, with the sizes that launches depend on. */
public final class Member extends StepMember<CudaSequence> {
    /** {@code MOST_WEIGHTS} of estimate.cu. */
    private static final int MOST_WEIGHTS = 8192;

    public long attendedPages;
    public long scoredPages;
    private final CacheSpec cache;

    public Member(CudaSequence sequence, CacheSpec cache, int index, Batch.Entry entry) {
        super(sequence, cache, index, entry.tokens(), entry.role());
        this.cache = cache;
    }

    /** Pages whose order select has to find. */
    public int candidates() {
        return rankedTo() - settings().sinkPages();
    }

    /** Pages that a decode attends to, a head group. */
    public int attended(int layer) {
        if (!isOverBudget(layer)) {
            return pagesAfter();
        }
        return switch (settings().scope()) {
            case ATTENDED -> settings().attendedPages() + 1;
            case RESIDENT -> settings().budgetPages();
        };
    }

    /** Whether a decode attends to whatever is resident then. */
    public boolean attendsToResidents(int layer) {
        return isOverBudget(layer) && settings().scope() == Scope.RESIDENT;
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
        return switch (settings().groupScore()) {
            case MEAN ->
                (cache.headDim() == 64 || cache.headDim() == 128)
                        && (long) cache.kvHeadsPerGroup() * cache.headDim() <= MOST_WEIGHTS;
            case MAX, MEAN_SOFTMAX -> false;
        };
    }
}
