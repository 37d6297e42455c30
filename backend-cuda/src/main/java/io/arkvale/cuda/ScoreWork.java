package io.arkvale.cuda;

import io.arkvale.cuda.CallArguments.Narrow;
import io.arkvale.cuda.CallArguments.Wide;
import io.arkvale.cuda.Kernels.Grid;
import io.arkvale.cuda.LaunchQueue.Lane;
import java.util.List;

/** Queues what scores and ranks pages: estimate and select. */
final class ScoreWork {
    /** What select does with its choice; {@code Mode} of select.cu. */
    enum Mode {
        /** Marks victims and recalls in the tables, for recall to act on. */
        MARK(0),
        /** Evicts victims at once and, unless forks may share pages, gives the recalled ones their slots. */
        MOVE(1),
        /** Evicts down to the budget and selects nothing, after prefill. */
        EVICT(2);

        private final int code;

        Mode(int code) {
            this.code = code;
        }
    }

    private static final int WARPS = 8;
    private static final int STAGES = 6;
    private static final int COLUMN_BYTES = 512;
    private static final int PAGES = 2;
    private static final int SELECT_THREADS = 1024;

    /** Shared memory is asked for in coarse steps, so that a graph serves for many steps of decode. */
    private static final int KEYS_STEP = 256;

    private final CudaCache cache;
    private final List<Member> members;

    ScoreWork(CudaCache cache, List<Member> members) {
        this.cache = cache;
        this.members = members;
    }

    boolean isAnyOverBudget(int layer) {
        return members.stream().anyMatch(member -> member.isOverBudget(layer));
    }

    /** Rows of scores before each member's, and of all. */
    int[] offsets(int layer) {
        var offsets = new int[members.size() + 1];
        for (var member : members) {
            int rows = member.isOverBudget(layer) ? member.filledAfter() : 0;
            offsets[member.index + 1] = Math.addExact(offsets[member.index], rows);
        }
        return offsets;
    }

    /** Step (b), for one query a member. */
    void estimate(int layer, CudaTensor queries) {
        estimate(layer, queries.address(), cache.stepMemory.now(), 0, Lane.COMPUTE);
        for (var member : members) {
            if (member.isOverBudget(layer)) {
                member.scoredPages += (long) member.filledAfter() * cache.spec.headGroups();
            }
        }
    }

    /** The same ahead of the step's own token, for a prefetch, with queries that nobody changes meanwhile. */
    void estimateAhead(int layer, long queries) {
        estimate(layer, queries, cache.stepMemory.ahead(), 1, Lane.AHEAD);
        for (var member : members) {
            if (member.isOverBudget(layer)) {
                member.scoredPages += (long) member.filledBefore() * cache.spec.headGroups();
            }
        }
    }

    private void estimate(int layer, long queries, ScoreScratch scratch, int mode, Lane lane) {
        int mostLinear = 0;
        int mostOther = 0;
        for (var member : members) {
            if (member.isOverBudget(layer)) {
                if (member.isLinear()) {
                    mostLinear = Math.max(mostLinear, member.filledAfter());
                } else {
                    mostOther = Math.max(mostOther, member.filledAfter());
                }
            }
        }
        cache.arguments
                .set(Narrow.LAYER, layer)
                .set(Narrow.MODE, mode)
                .set(Wide.QUERIES, queries)
                .set(Wide.SCORES, scratch.scores())
                .set(Wide.HEAD_SCORES, scratch.headScores())
                .set(Wide.SCORE_OFFSETS, cache.stepMemory.scoreOffsets(layer));
        if (mostLinear > 0) {
            estimateMean(mostLinear, lane);
        }
        if (mostOther > 0) {
            estimateEachHead(mostOther, lane);
        }
    }

    private void estimateMean(int mostPages, Lane lane) {
        var spec = cache.spec;
        // One block keeps a multiprocessor busy: with no more of them, each prepares its query once.
        int fitting = Math.max(1, cache.device.multiprocessors / (spec.headGroups() * members.size()));
        int sharedBytes =
                WARPS * PAGES * STAGES * COLUMN_BYTES + spec.kvHeadsPerGroup() * (2 * spec.headDim() + 1) * Float.BYTES;
        cache.queue.launch(
                cache.kernels.get("estimate", "estimateMean", spec.elementType()),
                lane,
                new Grid(Math.min(fitting, Math.ceilDiv(mostPages, WARPS * PAGES)), spec.headGroups(), members.size()),
                32 * WARPS,
                sharedBytes);
    }

    private void estimateEachHead(int mostPages, Lane lane) {
        var spec = cache.spec;
        cache.queue.launch(
                cache.kernels.get("estimate", "estimateHeads", spec.elementType()),
                lane,
                new Grid(Math.ceilDiv(mostPages, WARPS), spec.queryHeads(), members.size()),
                32 * WARPS,
                0);
        cache.queue.launch(
                cache.kernels.get("estimate", "estimateGroups"),
                lane,
                new Grid(spec.headGroups(), members.size()),
                32 * WARPS,
                0);
    }

    /** Step (c), on the given scores. */
    void select(int layer, long scores, Mode mode, Lane lane) {
        select(layer, scores, cache.stepMemory.now(), mode, lane);
    }

    /** The same for a prefetch, on the scores that {@link #estimateAhead} gave. */
    void selectAhead(int layer) {
        var scratch = cache.stepMemory.ahead();
        select(layer, scratch.scores(), scratch, Mode.MOVE, Lane.AHEAD);
    }

    private void select(int layer, long scores, ScoreScratch scratch, Mode mode, Lane lane) {
        int mostKeys = 0;
        for (var member : members) {
            if (member.isOverBudget(layer) && member.candidates() <= Splits.SHARED_KEYS) {
                mostKeys = Math.max(mostKeys, member.candidates());
            }
        }
        cache.arguments
                .set(Narrow.LAYER, layer)
                .set(Narrow.MODE, mode.code)
                .set(Wide.SCORES, scores)
                .set(Wide.SELECT_KEYS, scratch.selectKeys())
                .set(Wide.SCORE_OFFSETS, cache.stepMemory.scoreOffsets(layer));
        cache.queue.launch(
                cache.kernels.get("select", "selectPages"),
                lane,
                new Grid(cache.spec.headGroups(), members.size()),
                SELECT_THREADS,
                Math.ceilDiv(mostKeys + Math.ceilDiv(mostKeys, Integer.SIZE), KEYS_STEP) * KEYS_STEP * Integer.BYTES);
    }
}
