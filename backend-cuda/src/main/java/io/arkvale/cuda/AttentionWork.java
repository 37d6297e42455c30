package io.arkvale.cuda;

import io.arkvale.api.ElementType;
import io.arkvale.cuda.CallArguments.Narrow;
import io.arkvale.cuda.CallArguments.Wide;
import io.arkvale.cuda.Kernels.Grid;
import java.util.List;

/** Queues attention: of decode, split over pages, and of prefill. */
final class AttentionWork {
    /** Where the bytes of recalled pages are; {@code Arrival} of attended.cuh. */
    enum Arrival {
        AT_HAND(0),
        /** In their backups: attention reads them there and stores them in their slots. */
        ARRIVING(1);

        private final int code;

        Arrival(int code) {
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

    /** Whether attention can bring recalled pages itself, while it reads the others. */
    boolean bringsPages(int layer) {
        return usesTensorCores(layer)
                && cache.pools.backupRowsFit()
                && members.stream().noneMatch(member -> member.attendsToResidents(layer));
    }

    private void count(int layer) {
        for (var member : members) {
            if (member.sequence.spec.isLimited(layer)) {
                member.attendedPages += (long) member.attended(layer) * cache.spec.headGroups();
            }
        }
    }

    /** Step (e). */
    void attend(int layer, CudaTensor queries, CudaTensor output, Arrival arrival) {
        count(layer);
        int splits = 1;
        for (var member : members) {
            splits = Math.max(splits, member.mostSplits(layer));
        }
        cache.arguments
                .set(Narrow.LAYER, layer)
                .set(Narrow.MODE, arrival.code)
                .set(Narrow.SPLITS, splits)
                .set(Wide.QUERIES, queries.address())
                .set(Wide.OUTPUT, output.address());
        var spec = cache.spec;
        if (usesTensorCores(layer)) {
            int tiles = Math.ceilDiv(spec.queryHeadsPerKvHead(), TILE);
            cache.queue.launch(
                    cache.kernels.get("attend", "attend" + spec.headDim(), spec.elementType()),
                    new Grid(spec.kvHeads() * tiles, members.size(), splits),
                    THREADS,
                    (int) sharedBytes(layer));
        } else {
            cache.queue.launch(
                    cache.kernels.get("attendany", "attendAny", spec.elementType()),
                    new Grid(spec.queryHeads(), members.size(), splits),
                    THREADS,
                    0);
        }
    }

    private boolean usesTensorCores(int layer) {
        return hasTensorCoreKernel()
                && sharedBytes(layer) <= cache.device.blockMemory
                && Splits.pagesFit(cache.spec, splitTokens(layer));
    }

    private long sharedBytes(int layer) {
        return Splits.sharedBytes(cache.spec.headDim(), splitTokens(layer));
    }

    /** Tokens of a split that there is room for. */
    private int splitTokens(int layer) {
        int tokens = 1;
        for (var member : members) {
            tokens = Math.max(tokens, Splits.mostTokens(member.attendedTokens(layer)));
        }
        return roundUp(tokens, SHARED_STEP);
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
