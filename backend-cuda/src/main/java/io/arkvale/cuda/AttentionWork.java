package io.arkvale.cuda;

import io.arkvale.api.ElementType;
import io.arkvale.api.Scope;
import io.arkvale.cuda.CallArguments.Narrow;
import io.arkvale.cuda.CallArguments.Wide;
import io.arkvale.cuda.Kernels.Grid;
import io.arkvale.cuda.LaunchQueue.Lane;
import java.util.List;

/** Queues attention: of decode, split over pages, and of prefill. */
final class AttentionWork {
    /** Which splits a launch takes; {@code Phase} of attended.cuh. */
    private enum Phase {
        EVERY_SPLIT(0),
        SPLITS_AT_HAND(1),
        SPLITS_RECALLED(2);

        private final int code;

        Phase(int code) {
            this.code = code;
        }
    }

    private static final int THREADS = 128;
    private static final int WARPS = THREADS / 32;
    private static final int TILE = 16;
    private static final int PREFILL_ROWS = 64;

    /** Shared memory is asked for in coarse steps, so that a graph serves for many steps of decode. */
    private static final int SHARED_STEP = 256;

    private final CudaCache cache;
    private final List<Member> members;

    AttentionWork(CudaCache cache, List<Member> members) {
        this.cache = cache;
        this.members = members;
    }

    /** Whether attention may begin while recalled pages are still being copied: with scope resident it may not. */
    boolean overlapsRecall(int layer) {
        return members.stream()
                .noneMatch(member -> member.isOverBudget(layer) && member.sequence.spec.scope() == Scope.RESIDENT);
    }

    /** Step (e). */
    void attend(int layer, CudaTensor queries, CudaTensor output) {
        count(layer);
        decode(layer, queries, output, Phase.EVERY_SPLIT, Lane.COMPUTE);
    }

    /** Step (e), while pages are being gathered in the background. */
    void attendDuringRecall(int layer, CudaTensor queries, CudaTensor output) {
        count(layer);
        decode(layer, queries, output, Phase.SPLITS_AT_HAND, Lane.COMPUTE);
        decode(layer, queries, output, Phase.SPLITS_RECALLED, Lane.AFTER_RECALL);
    }

    private void count(int layer) {
        for (var member : members) {
            if (member.sequence.spec.isLimited(layer)) {
                member.attendedPages += (long) member.attended(layer) * cache.spec.headGroups();
            }
        }
    }

    private void decode(int layer, CudaTensor queries, CudaTensor output, Phase phase, Lane lane) {
        int splits = 1;
        int tokens = 1;
        for (var member : members) {
            splits = Math.max(splits, member.mostSplits(layer));
            tokens = Math.max(tokens, Splits.mostTokens(member.attendedTokens(layer)));
        }
        cache.arguments
                .set(Narrow.LAYER, layer)
                .set(Narrow.MODE, phase.code)
                .set(Narrow.SPLITS, splits)
                .set(Wide.QUERIES, queries.address())
                .set(Wide.OUTPUT, output.address());
        var spec = cache.spec;
        long sharedBytes = Splits.sharedBytes(spec.headDim(), roundUp(tokens, SHARED_STEP));
        if (hasTensorCoreKernel() && sharedBytes <= cache.device.blockMemory) {
            int tiles = Math.ceilDiv(spec.queryHeadsPerKvHead(), TILE);
            cache.queue.launch(
                    cache.kernels.get("attend", "attend" + spec.headDim(), spec.elementType()),
                    lane,
                    new Grid(splits, spec.kvHeads() * tiles, members.size()),
                    THREADS,
                    (int) sharedBytes);
        } else {
            cache.queue.launch(
                    cache.kernels.get("attendany", "attendAny", spec.elementType()),
                    lane,
                    new Grid(splits, spec.queryHeads(), members.size()),
                    THREADS,
                    0);
        }
    }

    private static int roundUp(int value, int step) {
        return Math.ceilDiv(value, step) * step;
    }

    private boolean hasTensorCoreKernel() {
        int headDim = cache.spec.headDim();
        return cache.spec.elementType() != ElementType.F32 && (headDim == 64 || headDim == 128);
    }

    /** Causal attention of a chunk to all that is stored. */
    void prefill(int layer, long chunks, int mostTokens, CudaTensor queries, CudaTensor output) {
        cache.arguments
                .set(Narrow.LAYER, layer)
                .set(Wide.CHUNKS, chunks)
                .set(Wide.QUERIES, queries.address())
                .set(Wide.OUTPUT, output.address());
        var spec = cache.spec;
        int sharedBytes = 2 * 2 * PREFILL_ROWS * 2 * spec.headDim();
        if (hasTensorCoreKernel() && sharedBytes <= cache.device.blockMemory) {
            cache.queue.launch(
                    cache.kernels.get("prefill", "prefill" + spec.headDim(), spec.elementType()),
                    new Grid(Math.ceilDiv(mostTokens, PREFILL_ROWS), spec.queryHeads(), members.size()),
                    THREADS,
                    sharedBytes);
        } else {
            cache.queue.launch(
                    cache.kernels.get("attendany", "prefillAny", spec.elementType()),
                    new Grid(Math.ceilDiv(mostTokens, WARPS), spec.queryHeads(), members.size()),
                    THREADS,
                    0);
        }
    }

    /** Checks queries that no other kernel checks. */
    void checkFinite(long chunks, int mostTokens, long tensor, int heads) {
        cache.arguments.set(Wide.CHUNKS, chunks).set(Wide.QUERIES, tensor).set(Narrow.QUERY_HEADS, heads);
        cache.queue.launch(
                cache.kernels.get("append", "finite", cache.spec.elementType()),
                new Grid(mostTokens, members.size()),
                THREADS,
                0);
        cache.arguments.set(Narrow.QUERY_HEADS, cache.spec.queryHeads());
    }
}
