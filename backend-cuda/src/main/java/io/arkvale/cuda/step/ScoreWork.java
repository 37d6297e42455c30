package io.arkvale.cuda.step;

import io.arkvale.cuda.CudaCache;
import io.arkvale.cuda.CudaMemory;
import io.arkvale.cuda.DigestPools;
import io.arkvale.cuda.driver.Kernels.Grid;
import io.arkvale.cuda.driver.LaunchQueue.Lane;
import io.arkvale.cuda.kernel.CacheStructs.Rows;
import io.arkvale.cuda.kernel.KernelArguments.EstimateCodedArguments;
import io.arkvale.cuda.kernel.KernelArguments.EstimateGroupsArguments;
import io.arkvale.cuda.kernel.KernelArguments.EstimateHeadsArguments;
import io.arkvale.cuda.kernel.KernelArguments.EstimateMeanArguments;
import io.arkvale.cuda.kernel.KernelArguments.SelectPagesArguments;
import io.arkvale.cuda.kernel.KernelName;
import io.arkvale.cuda.kernel.Serving;
import java.util.List;

/** Queues what scores and ranks pages: estimate and select. */
@SuppressWarnings("EnumOrdinal") // the CUDA sources declare the same constants in the same order
public record ScoreWork(CudaCache cache, List<Member> members) {
    /** Which pages estimate scores; {@code EstimateMode} of estimate.cu, in its order. */
    public enum EstimateMode {
        /** Those filled with the step's own token. */
        STEP,
        /** Those filled before it: for a prefetch. */
        PREFETCH
    }

    /** What select does with its choice; {@code SelectMode} of select.cu, in its order. */
    public enum SelectMode {
        /** Marks victims and recalls in the tables, for recall to act on. */
        MARK,
        /** Evicts victims at once and, unless forks may share pages, gives the recalled ones their slots. */
        MOVE,
        /** Evicts down to the budget and selects nothing, after prefill. */
        EVICT
    }

    /** Pages scored at a time if each head is scored, one per warp. */
    public static final int WARPS = 8;

    /** Pages of a warp at a time if queries are averaged. */
    public static final int PAGES = 2;

    private static final int STAGES = 6;
    private static final int COLUMN_BYTES = 512;
    private static final int SELECT_THREADS = 1024;

    /** Shared memory is asked for in coarse steps, so that the kernel is seldom told that it may have more. */
    private static final int KEYS_STEP = 256;

    public boolean isAnyOverBudget(int layer, Serving serving) {
        return members.stream().anyMatch(member -> member.isOverBudget(layer, serving));
    }

    /** Step (b), for one query per member that is served. */
    public void estimate(int layer, CudaMemory queries, ScoreScratch scratch, Serving serving, Lane lane) {
        var launch = new Launch(layer, serving, queries.rows(), scratch, EstimateMode.STEP, lane);
        estimate(launch);
        for (var member : members) {
            if (member.isOverBudget(layer, serving)) {
                member.scoredPages += (long) member.filledAfter() * cache.spec().headGroups();
            }
        }
    }

    /** The same ahead of the step's own token, for a prefetch, with queries that nobody changes meanwhile. */
    public void estimateAhead(int layer, Rows queries) {
        estimate(
                new Launch(layer, Serving.EVERY, queries, cache.stepMemory.ahead(), EstimateMode.PREFETCH, Lane.AHEAD));
        for (var member : members) {
            if (member.isOverBudget(layer)) {
                member.scoredPages +=
                        (long) member.filledBefore() * cache.spec().headGroups();
            }
        }
    }

    /** What is scored: for whom, from which queries, to where. */
    private record Launch(
            int layer, Serving serving, Rows queries, ScoreScratch scratch, EstimateMode mode, Lane lane) {}

    private void estimate(Launch launch) {
        int mostLinear = 0;
        int mostWhole = 0;
        int mostCoded = 0;
        for (var member : members) {
            if (member.isOverBudget(launch.layer(), launch.serving())) {
                if (member.isLinear()) {
                    mostLinear = Math.max(mostLinear, member.filledAfter());
                } else if (member.hasWholeDigests()) {
                    mostWhole = Math.max(mostWhole, member.filledAfter());
                } else {
                    mostCoded = Math.max(mostCoded, member.filledAfter());
                }
            }
        }
        if (mostLinear > 0) {
            estimateMean(launch, mostLinear);
        }
        if (mostWhole > 0) {
            estimateEachHead(launch, mostWhole);
        }
        if (mostCoded > 0) {
            estimateCoded(launch, mostCoded);
        }
        if (mostWhole > 0 || mostCoded > 0) {
            joinHeads(launch, Math.max(mostWhole, mostCoded));
        }
    }

    private void estimateMean(Launch launch, int mostPages) {
        var spec = cache.spec();
        // One block keeps a multiprocessor busy: with no more of them, each prepares its query once.
        int runs = spec.headGroups() * members.size();
        int fitting = Math.max(1, cache.device.multiprocessors / runs);
        int sharedBytes =
                WARPS * PAGES * STAGES * COLUMN_BYTES + spec.kvHeadsPerGroup() * (2 * spec.headDim() + 1) * Float.BYTES;
        if (runs <= cache.device.multiprocessors) {
            // With more than half of a multiprocessor's memory no two share one, while others are busy or idle.
            sharedBytes = Math.max(sharedBytes, cache.device.blockMemory / 2 + 1);
        }
        cache.queue.launch(
                KernelName.ESTIMATE_MEAN,
                launch.lane(),
                new Grid(Math.min(fitting, Math.ceilDiv(mostPages, WARPS * PAGES)), spec.headGroups(), members.size()),
                32 * WARPS,
                sharedBytes,
                new EstimateMeanArguments(
                        cache.stepMemory.layer(launch.layer(), launch.serving()),
                        launch.queries(),
                        launch.scratch().scores(),
                        cache.stepMemory.scoreOffsets(launch.layer()),
                        launch.mode().ordinal()));
    }

    private void estimateEachHead(Launch launch, int mostPages) {
        var spec = cache.spec();
        cache.queue.launch(
                KernelName.ESTIMATE_HEADS,
                launch.lane(),
                new Grid(Math.ceilDiv(mostPages, WARPS), spec.queryHeads(), members.size()),
                32 * WARPS,
                0,
                new EstimateHeadsArguments(
                        cache.stepMemory.layer(launch.layer(), launch.serving()),
                        launch.queries(),
                        launch.scratch().headScores(),
                        cache.stepMemory.scoreOffsets(launch.layer()),
                        launch.mode().ordinal()));
    }

    private void estimateCoded(Launch launch, int mostPages) {
        var spec = cache.spec();
        if (spec.headDim() < CodedBlock.LEAST_WIDTH) {
            launchCoded(
                    KernelName.ESTIMATE_CODED_ANY,
                    launch,
                    new Grid(Math.ceilDiv(mostPages, WARPS), spec.kvHeads(), members.size()),
                    32 * WARPS,
                    WARPS * 2 * spec.headDim() * Float.BYTES,
                    0);
            return;
        }
        int words = 0;
        int factorBytes = 0;
        for (var member : members) {
            var form = member.settings().digest().form();
            if (!form.isWhole() && member.isOverBudget(launch.layer(), launch.serving())) {
                words = Math.max(words, DigestPools.stageWords(form, spec));
                factorBytes = Math.max(factorBytes, DigestPools.factorBytes(form, spec));
            }
        }
        var block = CodedBlock.of(spec.headDim(), words, factorBytes, cache.device.blockMemory);
        int heads = spec.kvHeads() * Math.ceilDiv(spec.queryHeadsPerKvHead(), CodedBlock.HEADS);
        int fitting = Math.max(1, cache.device.multiprocessors * block.resident() / (heads * members.size()));
        int blocks = Math.min(fitting, Math.ceilDiv(mostPages, block.pages()));
        launchCoded(
                KernelName.ESTIMATE_CODED,
                launch,
                new Grid(blocks, heads, members.size()),
                block.threads(),
                block.sharedBytes(),
                block.stageWords());
    }

    private void launchCoded(
            KernelName kernel, Launch launch, Grid grid, int threads, int sharedBytes, int stageWords) {
        cache.queue.launch(
                kernel,
                launch.lane(),
                grid,
                threads,
                sharedBytes,
                new EstimateCodedArguments(
                        cache.stepMemory.layer(launch.layer(), launch.serving()),
                        launch.queries(),
                        launch.scratch().headScores(),
                        cache.stepMemory.scoreOffsets(launch.layer()),
                        launch.mode().ordinal(),
                        stageWords));
    }

    private void joinHeads(Launch launch, int mostPages) {
        var spec = cache.spec();
        cache.queue.launch(
                KernelName.ESTIMATE_GROUPS,
                launch.lane(),
                new Grid(spec.headGroups(), members.size(), Math.ceilDiv(mostPages, 32 * WARPS)),
                32 * WARPS,
                0,
                new EstimateGroupsArguments(
                        cache.stepMemory.layer(launch.layer(), launch.serving()),
                        launch.scratch().headScores(),
                        launch.scratch().scores(),
                        cache.stepMemory.scoreOffsets(launch.layer()),
                        launch.mode().ordinal()));
    }

    /** Step (c) for the members that are served, on the given scores. */
    public void select(int layer, Rows scores, SelectMode mode, Serving serving, Lane lane) {
        select(layer, scores, cache.stepMemory.now(), mode, serving, lane);
    }

    /** The same for a prefetch, on the scores that {@link #estimateAhead} gave. */
    public void selectAhead(int layer) {
        var scratch = cache.stepMemory.ahead();
        select(layer, scratch.scoreRows(cache), scratch, SelectMode.MOVE, Serving.EVERY, Lane.AHEAD);
    }

    private void select(int layer, Rows scores, ScoreScratch scratch, SelectMode mode, Serving serving, Lane lane) {
        int mostKeys = 0;
        for (var member : members) {
            if (member.isOverBudget(layer, serving) && member.candidates() <= Splits.SHARED_KEYS) {
                mostKeys = Math.max(mostKeys, member.candidates());
            }
        }
        cache.queue.launch(
                KernelName.SELECT_PAGES,
                lane,
                new Grid(cache.spec().headGroups(), members.size()),
                SELECT_THREADS,
                Math.ceilDiv(mostKeys + Math.ceilDiv(mostKeys, Integer.SIZE), KEYS_STEP) * KEYS_STEP * Integer.BYTES,
                new SelectPagesArguments(
                        cache.stepMemory.layer(layer, serving),
                        cache.pools.booksOfSlots(),
                        scores,
                        cache.stepMemory.scoreOffsets(layer),
                        scratch.selectKeys(),
                        cache.stepMemory.evicted(),
                        cache.stepMemory.recalled(),
                        cache.stepMemory.copies(),
                        mode.ordinal(),
                        cache.isForked() ? 1 : 0));
    }
}
