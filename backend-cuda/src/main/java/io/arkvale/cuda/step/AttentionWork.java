package io.arkvale.cuda.step;

import io.arkvale.api.ElementType;
import io.arkvale.cuda.CudaCache;
import io.arkvale.cuda.CudaMemory;
import io.arkvale.cuda.driver.Kernels.Grid;
import io.arkvale.cuda.kernel.KernelArguments.AttendArguments;
import io.arkvale.cuda.kernel.KernelArguments.FiniteArguments;
import io.arkvale.cuda.kernel.KernelArguments.PrefillArguments;
import io.arkvale.cuda.kernel.KernelName;
import java.util.List;

/** Queues attention: of decode, split over pages, and of prefill. */
@SuppressWarnings("EnumOrdinal") // the CUDA sources declare the same constants in the same order
public record AttentionWork(CudaCache cache, List<Member> members) {
    /** Where the bytes of recalled pages are; {@code Arrival} of attended.cuh, in its order. */
    public enum Arrival {
        /** In their slots. */
        AT_HAND,
        /** In their backups: attention reads them there and stores them in their slots. */
        ARRIVING
    }

    private static final int THREADS = 128;
    private static final int WARPS = THREADS / 32;
    private static final int TILE = 16;
    /** Tokens of a block of prefill. */
    public static final int PREFILL_ROWS = 64;

    /** Shared memory is asked for in coarse steps, so that a graph serves for many steps of decode. */
    private static final int SHARED_STEP = 256;

    /** Whether attention can bring recalled pages itself, while it reads the others. */
    public boolean bringsPages(int layer) {
        return usesTensorCores(layer)
                && cache.pools.backupRowsFit()
                && members.stream().noneMatch(member -> member.attendsToResidents(layer));
    }

    private void count(int layer) {
        for (var member : members) {
            if (member.settings().isLimited(layer)) {
                member.attendedPages +=
                        (long) member.attended(layer) * cache.spec().headGroups();
            }
        }
    }

    /** Step (e). */
    public void attend(int layer, CudaMemory queries, CudaMemory output, Arrival arrival) {
        count(layer);
        int splits = 1;
        for (var member : members) {
            splits = Math.max(splits, member.mostSplits(layer));
        }
        var arguments = new AttendArguments(
                cache.stepMemory.layer(layer),
                cache.pools.pages(),
                queries.address(),
                output.address(),
                cache.stepMemory.partials(),
                cache.stepMemory.tickets(),
                arrival.ordinal(),
                splits,
                Splits.TARGET);
        var spec = cache.spec();
        if (usesTensorCores(layer)) {
            int tiles = Math.ceilDiv(spec.queryHeadsPerKvHead(), TILE);
            cache.queue.launch(
                    spec.headDim() == 64 ? KernelName.ATTEND_64 : KernelName.ATTEND_128,
                    new Grid(spec.kvHeads() * tiles, members.size(), splits),
                    THREADS,
                    (int) sharedBytes(layer),
                    arguments);
        } else {
            cache.queue.launch(
                    KernelName.ATTEND_ANY, new Grid(spec.queryHeads(), members.size(), splits), THREADS, 0, arguments);
        }
    }

    private boolean usesTensorCores(int layer) {
        return hasTensorCoreKernel()
                && sharedBytes(layer) <= cache.device.blockMemory
                && Splits.pagesFit(cache.spec(), splitTokens(layer));
    }

    private long sharedBytes(int layer) {
        return Splits.sharedBytes(cache.spec().headDim(), splitTokens(layer));
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
        int headDim = cache.spec().headDim();
        return cache.spec().elementType() != ElementType.F32 && (headDim == 64 || headDim == 128);
    }

    /** Causal attention of a chunk to all that is stored. */
    public void prefill(int layer, long chunks, int mostTokens, CudaMemory queries, CudaMemory output) {
        var arguments = new PrefillArguments(
                cache.stepMemory.layer(layer), cache.pools.pages(), chunks, queries.address(), output.address());
        var spec = cache.spec();
        int sharedBytes = 2 * 2 * PREFILL_ROWS * 2 * spec.headDim();
        if (hasTensorCoreKernel() && sharedBytes <= cache.device.blockMemory) {
            cache.queue.launch(
                    spec.headDim() == 64 ? KernelName.PREFILL_64 : KernelName.PREFILL_128,
                    new Grid(Math.ceilDiv(mostTokens, PREFILL_ROWS), spec.queryHeads(), members.size()),
                    THREADS,
                    sharedBytes,
                    arguments);
        } else {
            cache.queue.launch(
                    KernelName.PREFILL_ANY,
                    new Grid(Math.ceilDiv(mostTokens, WARPS), spec.queryHeads(), members.size()),
                    THREADS,
                    0,
                    arguments);
        }
    }

    /** Checks values that no other kernel checks. */
    public void checkFinite(long chunks, int mostTokens, long tensor, int heads) {
        cache.queue.launch(
                KernelName.FINITE,
                new Grid(mostTokens, members.size()),
                THREADS,
                0,
                new FiniteArguments(
                        cache.stepMemory.sequences(),
                        chunks,
                        tensor,
                        cache.stepMemory.flags(),
                        heads,
                        cache.spec().headDim()));
    }
}
