package io.arkvale.cuda.step;

import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.NonFiniteException;
import io.arkvale.api.Sequence;
import io.arkvale.api.StepReport;
import io.arkvale.api.StepReport.SequenceCounts;
import io.arkvale.api.support.CountedReport;
import io.arkvale.cuda.CudaCache;
import io.arkvale.cuda.CudaTensor;
import io.arkvale.cuda.driver.LaunchQueue.Lane;
import io.arkvale.cuda.step.AttentionWork.Arrival;
import io.arkvale.cuda.step.ScoreWork.SelectMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The work of a step's calls, once they are known to be legal. */
public final class StepWork {
    private final CudaCache cache;
    private final List<Member> members;
    private final PageWork pages;
    private final ScoreWork scores;
    private final AttentionWork attention;

    public StepWork(CudaCache cache, List<Member> members) {
        this.cache = cache;
        this.members = members;
        pages = new PageWork(cache, members);
        scores = new ScoreWork(cache, members);
        attention = new AttentionWork(cache, members);
    }

    /** Takes the backup slots and makes the device ready. Room for all of it has been reserved. Changes nothing if it fails. */
    public void begin() {
        try {
            cache.streams.awaitBackups();
            members.forEach(this::takeBackups);
            cache.stepMemory.begin(members);
            pages.installBackups();
        } catch (RuntimeException e) {
            members.forEach(this::giveBackBackups);
            throw e;
        }
        for (var member : members) {
            member.sequence.length = member.lengthAfter();
        }
    }

    /** Pages of one table get neighbouring slots, so that their digests are read in one run. */
    private void takeBackups(Member member) {
        int tables = member.sequence.limitedLayers() * cache.spec.headGroups();
        var slots = new int[member.filledAfter() - member.filledBefore()][tables];
        for (int table = 0; table < tables; table++) {
            for (var page : slots) {
                page[table] = cache.pools.backups.take();
            }
        }
        member.sequence.backups.addAll(Arrays.asList(slots));
    }

    public void decode(int layer, CudaTensor q, CudaTensor k, CudaTensor v, CudaTensor output, boolean prefetched) {
        requireFinite("keys", k, 0, 1, cache.spec.kvHeads());
        requireFinite("values", v, 0, 1, cache.spec.kvHeads());
        requireFinite("queries", q, 0, 1, cache.spec.queryHeads());
        if (prefetched) {
            cache.streams.awaitAhead();
        }
        boolean choosing = !prefetched && scores.isAnyOverBudget(layer);
        if (pages.isAnyFilled(layer)) { // its backup goes on beyond the decode, which a graph cannot
            pages.append(layer, k, v, q.address(), Lane.COMPUTE);
            queueDecode(layer, q, output, choosing, Lane.COMPUTE);
        } else {
            cache.queue.fused(() -> {
                pages.append(layer, k, v, q.address(), choosing ? Lane.ASIDE : Lane.COMPUTE);
                queueDecode(layer, q, output, choosing, Lane.JOINED);
            });
        }
    }

    private void queueDecode(int layer, CudaTensor q, CudaTensor output, boolean choosing, Lane selectLane) {
        if (!choosing) {
            attention.attend(layer, q, output, Arrival.AT_HAND);
            return;
        }
        scores.estimate(layer, q, cache.stepMemory.now());
        scores.select(layer, cache.stepMemory.now().scores(), SelectMode.MOVE, selectLane);
        if (cache.isForked()) {
            pages.acquire(layer, Lane.COMPUTE);
        }
        if (attention.bringsPages(layer)) {
            attention.attend(layer, q, output, Arrival.ARRIVING);
        } else {
            pages.gather(layer, Lane.COMPUTE);
            attention.attend(layer, q, output, Arrival.AT_HAND);
        }
    }

    public void append(int layer, CudaTensor k, CudaTensor v, boolean prefetched) {
        requireFinite("keys", k, 0, 1, cache.spec.kvHeads());
        requireFinite("values", v, 0, 1, cache.spec.kvHeads());
        if (prefetched) {
            cache.streams.awaitAhead();
        }
        pages.append(layer, k, v, 0, Lane.COMPUTE);
    }

    public void estimate(int layer, CudaTensor q) {
        checkQueries("queries", q);
        scores.estimate(layer, q, cache.stepMemory.shown());
    }

    public int[] scoreOffsets(int layer) {
        return scores.offsets(layer);
    }

    public void select(int layer, long from) {
        scores.select(layer, from, SelectMode.MARK, Lane.COMPUTE);
    }

    public void recall(int layer) {
        pages.recall(layer);
    }

    public void attend(int layer, CudaTensor q, CudaTensor output) {
        checkQueries("queries", q);
        attention.attend(layer, q, output, Arrival.AT_HAND);
    }

    public void ingest(int layer, int[] tokens, int[] stored, CudaTensor k, CudaTensor v) {
        requireFiniteChunk("keys", k, tokens, stored, cache.spec.kvHeads());
        requireFiniteChunk("values", v, tokens, stored, cache.spec.kvHeads());
        pages.store(layer, tokens, stored, k, v);
    }

    public void prefill(
            int layer, int[] tokens, int[] stored, CudaTensor q, CudaTensor k, CudaTensor v, CudaTensor output) {
        requireFiniteChunk("queries", q, tokens, stored, cache.spec.queryHeads());
        ingest(layer, tokens, stored, k, v);
        long chunks = pages.stageChunks(tokens, stored);
        int most = most(tokens);
        if (!cache.immediateChecks) {
            attention.checkFinite(chunks, most, q.address(), cache.spec.queryHeads());
        }
        attention.prefill(layer, chunks, most, q, output);
    }

    public void finishPrefill(int layer, CudaTensor q) {
        checkQueries("lastQueries", q);
        if (scores.isAnyOverBudget(layer)) {
            scores.estimate(layer, q, cache.stepMemory.now());
            cache.streams.awaitBackups();
            scores.select(layer, cache.stepMemory.now().scores(), SelectMode.EVICT, Lane.COMPUTE);
        }
    }

    public void prefetch(int layer, CudaTensor q) {
        checkQueries("guessedQueries", q);
        if (scores.isAnyOverBudget(layer)) {
            pages.openPages(layer);
            long guesses = cache.stepMemory.keepGuesses(layer, q); // whose tensor may change before they are read
            cache.streams.forkAhead();
            scores.estimateAhead(layer, guesses);
            scores.selectAhead(layer);
            if (cache.isForked()) {
                pages.acquire(layer, Lane.AHEAD);
            }
            pages.gather(layer, Lane.AHEAD);
            cache.streams.aheadQueued();
        }
    }

    /** One query a member: with deferred checks, notes which are not finite. */
    private void checkQueries(String name, CudaTensor q) {
        if (cache.immediateChecks) {
            requireFinite(name, q, 0, 1, cache.spec.queryHeads());
        } else {
            attention.checkFinite(0, 1, q.address(), cache.spec.queryHeads());
        }
    }

    private void requireFiniteChunk(String name, CudaTensor tensor, int[] tokens, int[] stored, int heads) {
        if (cache.immediateChecks) {
            requireFinite(name, tensor, pages.stageChunks(tokens, stored), most(tokens), heads);
        }
    }

    /** With immediate checks: waits for the answer before anything else happens. */
    private void requireFinite(String name, CudaTensor tensor, long chunks, int mostTokens, int heads) {
        if (!cache.immediateChecks) {
            return;
        }
        attention.checkFinite(chunks, mostTokens, tensor.address(), heads);
        var notFinite = cache.stepMemory.count().notFinite();
        for (var member : members) {
            if (notFinite[member.index]) {
                cache.stepMemory.clearFlags();
                throw new InvalidArgumentException(name + " of sequence " + member.index
                        + " of the batch hold NaN or infinity; allowed: finite values");
            }
        }
    }

    private static int most(int[] tokens) {
        return Arrays.stream(tokens).max().orElse(0);
    }

    /** Waits for the device and poisons the sequences that brought non-finite values. */
    public Counters finish() {
        var counters = cache.stepMemory.count();
        for (var member : members) {
            member.sequence.poisoned |= counters.notFinite()[member.index];
        }
        return counters;
    }

    /** Raises what went wrong, with the report of the step. */
    public void raise(Counters counters, StepReport report) {
        var poisoned = new ArrayList<Sequence>();
        for (var member : members) {
            if (counters.notFinite()[member.index]) {
                poisoned.add(member.sequence);
            }
        }
        if (!poisoned.isEmpty()) {
            throw new NonFiniteException(
                    "keys, values or queries of " + poisoned.size() + " of the batch's " + members.size()
                            + " sequences hold NaN or infinity; these sequences can only be closed",
                    poisoned,
                    report);
        }
    }

    public StepReport report(Counters counters) {
        var counts = members.stream()
                .map(member -> new SequenceCounts(
                        counters.recalled()[member.index],
                        counters.evicted()[member.index],
                        member.attendedPages,
                        member.scoredPages))
                .toList();
        long slotBytes = cache.spec.slotBytes();
        // Parts that overlap count in full: a part lasts from its first block to its last.
        return new CountedReport(
                counts, counters.copies() * slotBytes, pages.backedUpPages() * slotBytes, counters.nanos());
    }

    /** Takes everything back. */
    public void undo() {
        cache.streams.awaitBackups();
        cache.streams.awaitAhead();
        pages.undoMoves();
        cache.stepMemory.restore(members);
        for (var member : members) {
            giveBackBackups(member);
            member.sequence.length = member.lengthBefore;
        }
    }

    private void giveBackBackups(Member member) {
        var backups = member.sequence.backups;
        while (backups.size() > member.filledBefore()) {
            cache.pools.backups.releaseAll(backups.removeLast());
        }
    }
}
