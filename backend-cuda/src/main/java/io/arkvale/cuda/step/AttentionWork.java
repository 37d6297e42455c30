package io.arkvale.cuda.step;

import io.arkvale.api.ElementType;
import io.arkvale.cuda.CudaCache;
import io.arkvale.cuda.CudaMemory;
import io.arkvale.cuda.driver.Kernels.Grid;
import io.arkvale.cuda.driver.LaunchQueue.Lane;
import io.arkvale.cuda.kernel.CacheStructs.Rows;
import io.arkvale.cuda.kernel.KernelArguments.AttendArguments;
import io.arkvale.cuda.kernel.KernelArguments.FiniteArguments;
import io.arkvale.cuda.kernel.KernelArguments.PrefillArguments;
import io.arkvale.cuda.kernel.KernelName;
import io.arkvale.cuda.kernel.Serving;
import io.arkvale.cuda.kernel.Store;
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

    /** The same where warpgroups multiply together: {@code prefillwide.cu}. */
    private static final int WIDE_ROWS = 128;

    private static final int WIDE_THREADS = 3 * 128;

    /** Tiles in its shared memory: queries, and two stages of keys and values. */
    private static final int WIDE_TILES = 5;

    private static final int WIDE_ALIGNMENT = 1024;

    /** Shared memory is asked for in coarse steps, so that the kernel is seldom told that it may have more. */
    private static final int SHARED_STEP = 256;

    /** Whether attention can bring recalled pages itself, while it reads the others. */
    public boolean bringsPages(int layer) {
        return usesTensorCores(layer, members)
                && cache.pools.backupRowsFit()
                && members.stream().noneMatch(member -> member.attendsToResidents(layer));
    }

    private void count(int layer, List<Member> decoding) {
        for (var member : decoding) {
            for (int group = 0;
                    member.residence().isLimited(layer) && group < cache.spec().headGroups();
                    group++) {
                // The device counts those that are attended to because they are resident.
                if (!member.attendsToResidents(layer, group)) {
                    member.attendedPages += member.attended(layer, group);
                }
            }
        }
    }

    /** Step (e), one token per member. */
    public void attend(int layer, CudaMemory queries, CudaMemory output, Arrival arrival) {
        attend(layer, members, 0, queries, output, arrival);
    }

    /** The same for the members that decode within a step of several roles, each with all of its tokens. */
    public void attendDecoding(int layer, List<Member> decoding, CudaMemory queries, CudaMemory output) {
        attend(layer, decoding, cache.stepMemory.decodingRows(), queries, output, Arrival.AT_HAND);
    }

    private void attend(
            int layer, List<Member> decoding, long rows, CudaMemory queries, CudaMemory output, Arrival arrival) {
        count(layer, decoding);
        int blocks = 0;
        int splits = 1;
        for (var member : decoding) {
            blocks += member.tokens();
            splits = Math.max(splits, member.mostSplits(layer));
        }
        var arguments = new AttendArguments(
                cache.stepMemory.layer(layer, rows == 0 ? Serving.EVERY : Serving.DECODING),
                cache.pools.pages(),
                rows,
                queries.rows(),
                output.rows(),
                cache.stepMemory.partials(),
                cache.stepMemory.tickets(),
                arrival.ordinal(),
                splits,
                cache.splits.target());
        var spec = cache.spec();
        if (usesTensorCores(layer, decoding)) {
            int tiles = Math.ceilDiv(spec.queryHeadsPerKvHead(), TILE);
            cache.queue.launch(
                    spec.headDim() == 64 ? KernelName.ATTEND_64 : KernelName.ATTEND_128,
                    Lane.EARLY,
                    new Grid(spec.kvHeads() * tiles, blocks, splits),
                    THREADS,
                    (int) sharedBytes(layer, decoding),
                    arguments);
        } else {
            cache.queue.launch(
                    KernelName.ATTEND_ANY,
                    Lane.EARLY,
                    new Grid(spec.queryHeads(), blocks, splits),
                    THREADS,
                    0,
                    arguments);
        }
    }

    private boolean usesTensorCores(int layer, List<Member> decoding) {
        return hasTensorCoreKernel()
                && sharedBytes(layer, decoding) <= cache.device.blockMemory
                && Splits.pagesFit(cache.spec(), splitTokens(layer, decoding));
    }

    private long sharedBytes(int layer, List<Member> decoding) {
        return Splits.sharedBytes(cache.spec().headDim(), splitTokens(layer, decoding));
    }

    /** Tokens of a split that there is room for. */
    private int splitTokens(int layer, List<Member> decoding) {
        int tokens = 1;
        for (var member : decoding) {
            tokens = Math.max(tokens, member.mostSplitTokens(layer));
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

    private boolean hasWarpgroupKernel() {
        return hasTensorCoreKernel()
                && cache.device.multipliesByWarpgroup
                && cache.pools.layout.store() == Store.ELEMENT;
    }

    /** Causal attention of chunks to all that is stored. */
    public void prefill(int layer, long chunks, int mostTokens, CudaMemory queries, CudaMemory output) {
        var arguments = new PrefillArguments(
                cache.stepMemory.layer(layer), cache.pools.pages(), chunks, queries.rows(), output.rows());
        var spec = cache.spec();
        int sharedBytes = 2 * 2 * PREFILL_ROWS * 2 * spec.headDim();
        if (hasWarpgroupKernel()) {
            cache.queue.launch(
                    spec.headDim() == 64 ? KernelName.PREFILL_WIDE_64 : KernelName.PREFILL_WIDE_128,
                    new Grid(Math.ceilDiv(mostTokens, WIDE_ROWS), spec.queryHeads(), members.size()),
                    WIDE_THREADS,
                    WIDE_TILES * WIDE_ROWS * 2 * spec.headDim() + WIDE_ALIGNMENT,
                    arguments);
        } else if (hasTensorCoreKernel() && sharedBytes <= cache.device.blockMemory) {
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
    public void checkFinite(long chunks, int mostTokens, Rows tensor, int heads) {
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
