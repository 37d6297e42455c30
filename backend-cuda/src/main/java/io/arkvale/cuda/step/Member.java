package io.arkvale.cuda.step;

import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Scope;
import io.arkvale.core.step.StepMember;
import io.arkvale.cuda.CudaSequence;
import io.arkvale.cuda.kernel.Serving;

/** One sequence's part in a step, with the sizes that launches depend on. */
public final class Member extends StepMember<CudaSequence> {
    /** {@code MOST_WEIGHTS} of estimate.cu. */
    private static final int MOST_WEIGHTS = 8192;

    public long attendedPages;
    public long scoredPages;
    private final CacheSpec cache;
    private final Splits splits;

    public Member(CudaSequence sequence, CacheSpec cache, Splits splits, int index, int firstRow, Batch.Entry entry) {
        super(sequence, cache, index, firstRow, entry.tokens(), entry.role());
        this.cache = cache;
        this.splits = splits;
    }

    /** Pages whose order select has to find. */
    public int candidates() {
        return rankedTo() - settings().sinkPages();
    }

    /** Pages that a decode attends to in a head group of a layer without a window. */
    public int attended(int layer, int group) {
        if (!isOverBudget(layer, group)) {
            return pagesAfter();
        }
        return switch (settings().scope()) {
            case ATTENDED ->
                settings().sinkPages()
                        + residence().rankedPages(layer, group)
                        + settings().windowPages();
            case RESIDENT -> residence().budgetPages(layer, group);
        };
    }

    /** Whether a decode attends to whatever is resident then in a head group. */
    public boolean attendsToResidents(int layer, int group) {
        return isOverBudget(layer, group) && settings().scope() == Scope.RESIDENT;
    }

    /** Whether that is so in any head group of a layer. */
    public boolean attendsToResidents(int layer) {
        return isOverBudget(layer) && settings().scope() == Scope.RESIDENT;
    }

    /** Whether it is over its budget in any layer. */
    public boolean isEverOverBudget() {
        for (int layer = 0; layer < cache.layers(); layer++) {
            if (isOverBudget(layer)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Most tokens of any head group that a token of the step attends to.
     *
     * @param token its number within the step
     */
    private int attendedTokens(int layer, int token) {
        int until = lengthBefore() + token + 1;
        int most = 0;
        for (int group = 0; group < cache.headGroups(); group++) {
            most = Math.max(most, attended(layer, group));
        }
        int unseen = pagesAfter() * cache.pageSize() - until;
        return Math.min(cache.window(layer), most * cache.pageSize() - unseen);
    }

    /** Most splits of a decode's attention, of any of its tokens. */
    public int mostSplits(int layer) {
        int most = 1;
        for (int token = 0; token < tokens(); token++) {
            int attended = attendedTokens(layer, token);
            most = Math.max(most, isOverBudget(layer) ? splits.mostCount(attended) : splits.count(attended));
        }
        return most;
    }

    /** Most tokens of a split of a decode's attention, of any of its tokens. */
    public int mostSplitTokens(int layer) {
        int most = 1;
        for (int token = 0; token < tokens(); token++) {
            most = Math.max(most, splits.mostTokens(attendedTokens(layer, token)));
        }
        return most;
    }

    /** Whether its pages are chosen by launches for such members, and it has more of them than its budget. */
    public boolean isOverBudget(int layer, Serving serving) {
        return isOverBudget(layer) && (serving == Serving.EVERY || serving == Serving.of(role()));
    }

    /** Whether queries may be averaged before they are scored; {@code isLinear} of estimate.cu. */
    public boolean isLinear() {
        return hasWholeDigests() && isMeanLinear();
    }

    /** Whether its digests are those of digest.cu; coded.cu makes all others. */
    public boolean hasWholeDigests() {
        return settings().digest().form().isWhole();
    }

    private boolean isMeanLinear() {
        return switch (settings().groupScore()) {
            case MEAN ->
                (cache.headDim() == 64 || cache.headDim() == 128)
                        && (long) cache.kvHeadsPerGroup() * cache.headDim() <= MOST_WEIGHTS;
            case MAX, MEAN_SOFTMAX -> false;
        };
    }
}
