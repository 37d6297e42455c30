package io.arkvale.cuda.step;

import io.arkvale.api.StepReport.SequenceCounts;
import io.arkvale.core.step.CountedReport;
import io.arkvale.core.step.MemberRows;
import io.arkvale.core.step.PendingOutcome;
import io.arkvale.core.step.StepOutcome;
import io.arkvale.core.step.StepWork;
import io.arkvale.cuda.CudaCache;
import io.arkvale.cuda.CudaMemory;
import io.arkvale.cuda.CudaSequence;
import io.arkvale.cuda.driver.LaunchQueue.Lane;
import io.arkvale.cuda.kernel.CacheStructs.Rows;
import io.arkvale.cuda.kernel.Serving;
import io.arkvale.cuda.step.AttentionWork.Arrival;
import io.arkvale.cuda.step.ScoreWork.SelectMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The work of a step: what each call queues, in which lane. */
public final class CudaStep implements StepWork<CudaMemory> {
    private final CudaCache cache;
    private final List<Member> members;

    /** Device slots that may be in use before the step ends, and are kept free for it. */
    private long promised;

    private final PageWork pages;
    private final ScoreWork scores;
    private final AttentionWork attention;
    private boolean begun;

    /** Whether a launch of a decode has waited for all that was queued before the step, and for what its beginning writes. */
    private boolean settled;

    public CudaStep(CudaCache cache, List<Member> members, long promised) {
        this.cache = cache;
        this.members = members;
        this.promised = promised;
        pages = new PageWork(cache, members);
        scores = new ScoreWork(cache, members);
        attention = new AttentionWork(cache, members);
    }

    /** Takes the backup slots and makes the device ready. Room for all of it has been reserved. */
    @Override
    public void begin() {
        cache.streams.awaitBackups();
        for (var member : members) {
            cache.backups.fill(member.sequence(), member.filledAfter());
        }
        cache.stepMemory.begin(members);
        begun = true;
        pages.installBackups();
    }

    @Override
    public void decode(int layer, CudaMemory q, CudaMemory k, CudaMemory v, CudaMemory output, boolean prefetched) {
        if (prefetched) {
            cache.streams.awaitAhead(layer);
        }
        if (prefetched || !scores.isAnyOverBudget(layer, Serving.EVERY)) {
            pages.append(layer, k, v, q.rows(), Lane.COMPUTE);
            settled = true;
            attention.attend(layer, q, output, Arrival.AT_HAND);
            return;
        }
        if (pages.isAnyFilled(layer)) {
            pages.append(layer, k, v, q.rows(), Lane.COMPUTE);
            estimate(layer, q, Serving.EVERY, Lane.COMPUTE);
        } else { // the token's page is not scored: it is stored beside the estimate
            estimate(layer, q, Serving.EVERY, settled ? Lane.EARLY : Lane.COMPUTE);
            pages.append(layer, k, v, q.rows(), Lane.EARLY);
        }
        settled = true;
        choose(layer, Serving.EVERY);
        if (attention.bringsPages(layer)) {
            attention.attend(layer, q, output, Arrival.ARRIVING);
        } else {
            pages.gather(layer, Serving.EVERY, Lane.COMPUTE);
            attention.attend(layer, q, output, Arrival.AT_HAND);
        }
    }

    /** Step (b). */
    private void estimate(int layer, CudaMemory q, Serving serving, Lane lane) {
        scores.estimate(layer, q, cache.stepMemory.now(), serving, lane);
    }

    /** Step (c), and the slots of step (d). */
    private void choose(int layer, Serving serving) {
        scores.select(layer, cache.stepMemory.now().scoreRows(cache), SelectMode.MOVE, serving, Lane.EARLY);
        if (cache.isForked()) {
            pages.acquire(layer, serving, Lane.COMPUTE);
        }
    }

    @Override
    public void append(int layer, CudaMemory k, CudaMemory v, boolean prefetched) {
        if (prefetched) {
            cache.streams.awaitAhead(layer);
        }
        pages.append(layer, k, v, Rows.NONE, Lane.COMPUTE);
    }

    @Override
    public void estimate(int layer, CudaMemory q) {
        noteQueries(q);
        scores.estimate(layer, q, cache.stepMemory.shown(), Serving.EVERY, Lane.COMPUTE);
    }

    @Override
    public CudaMemory scores() {
        return CudaMemory.ofScores(cache, cache.stepMemory.shown().block());
    }

    @Override
    public void select(int layer) {
        select(layer, scores());
    }

    @Override
    public void select(int layer, CudaMemory from) {
        scores.select(layer, from.scoreRows(), SelectMode.MARK, Serving.EVERY, Lane.COMPUTE);
    }

    @Override
    public void recall(int layer) {
        pages.recall(layer);
    }

    @Override
    public void attend(int layer, CudaMemory q, CudaMemory output) {
        noteQueries(q);
        attention.attend(layer, q, output, Arrival.AT_HAND);
    }

    @Override
    public void ingest(int layer, int[] tokens, int[] stored, CudaMemory k, CudaMemory v) {
        pages.store(layer, tokens, stored, k, v);
    }

    @Override
    public void prefill(
            int layer, int[] tokens, int[] stored, CudaMemory q, CudaMemory k, CudaMemory v, CudaMemory output) {
        long chunks = pages.store(layer, tokens, stored, k, v);
        int most = most(tokens);
        if (!cache.immediateChecks) {
            attention.checkFinite(chunks, most, q.rows(), cache.spec().queryHeads());
        }
        attention.prefill(layer, chunks, most, q, output);
    }

    @Override
    public void finishPrefill(int layer, CudaMemory q) {
        noteQueries(q);
        evictToBudgets(layer, q, Serving.EVERY);
    }

    private void evictToBudgets(int layer, CudaMemory q, Serving serving) {
        if (scores.isAnyOverBudget(layer, serving)) {
            estimate(layer, q, serving, Lane.COMPUTE);
            cache.streams.awaitBackups();
            scores.select(layer, cache.stepMemory.now().scoreRows(cache), SelectMode.EVICT, serving, Lane.COMPUTE);
        }
    }

    @Override
    public void prefetch(int layer, CudaMemory q) {
        noteQueries(q);
        if (scores.isAnyOverBudget(layer, Serving.EVERY)) {
            pages.openPages(layer);
            var guesses = cache.stepMemory.keepGuesses(layer, q); // whose tensor may change before they are read
            cache.streams.forkAhead();
            scores.estimateAhead(layer, guesses);
            scores.selectAhead(layer);
            if (cache.isForked()) {
                pages.acquire(layer, Serving.EVERY, Lane.AHEAD);
            }
            pages.gather(layer, Serving.EVERY, Lane.AHEAD);
            cache.streams.aheadQueued(layer);
        }
    }

    @Override
    public int firstNotFinite(CudaMemory memory, int heads, List<MemberRows> rows) {
        int most = rows.stream().mapToInt(MemberRows::rows).max().orElse(0);
        if (most == 0) {
            return -1;
        }
        attention.checkFinite(pages.stageRows(rows), most, memory.rows(), heads);
        var notFinite = cache.stepMemory.count().notFinite();
        for (int member = 0; member < notFinite.length; member++) {
            if (notFinite[member]) {
                cache.stepMemory.clearFlags();
                return member;
            }
        }
        return -1;
    }

    /** Nothing: kernels note what they read, and {@link #noteQueries} what no other kernel does. */
    @Override
    public void noteNotFinite(String name, CudaMemory memory, int heads, List<MemberRows> rows) {}

    @Override
    public void forward(int layer, CudaMemory q, CudaMemory k, CudaMemory v, CudaMemory output) {
        pages.storeAll(layer, k, v);
        if (!cache.immediateChecks) {
            int most = most(members.stream().mapToInt(Member::tokens).toArray());
            attention.checkFinite(
                    cache.stepMemory.queryChunks(), most, q.rows(), cache.spec().queryHeads());
        }
        var roles = cache.stepMemory.roles();
        if (!roles.decoding().isEmpty()) {
            if (scores.isAnyOverBudget(layer, Serving.DECODING)) {
                estimate(layer, q, Serving.DECODING, Lane.COMPUTE);
                choose(layer, Serving.DECODING);
                pages.gather(layer, Serving.DECODING, Lane.COMPUTE);
            }
            attention.attendDecoding(layer, roles.decoding(), q, output);
        }
        if (roles.mostPromptTokens() > 0) {
            attention.prefill(layer, cache.stepMemory.promptChunks(), roles.mostPromptTokens(), q, output);
        }
        evictToBudgets(layer, q, Serving.ENDING);
    }

    /** One query per member; with immediate checks they have been looked at. */
    private void noteQueries(CudaMemory q) {
        if (!cache.immediateChecks) {
            attention.checkFinite(0, 1, q.rows(), cache.spec().queryHeads());
        }
    }

    private static int most(int[] tokens) {
        return Arrays.stream(tokens).max().orElse(0);
    }

    @Override
    public long unusedReservation() {
        return Math.max(0, promised - cache.pools.usedSlots(cache.staging));
    }

    /** Calls beside the step have given so many slots back while it is open. */
    public void othersGave(long slots) {
        promised -= slots;
    }

    /** One copy brings all that was counted. */
    @Override
    public PendingOutcome finish(int[] kept) {
        var counters = cache.stepMemory.countLater();
        for (var member : members) {
            int tokens = kept[member.index()];
            if (tokens < member.tokens()) {
                cache.truncation.run(member.sequence(), member.lengthBefore() + tokens, false);
            }
            cache.leaveWindows(member.sequence(), member.lengthBefore() + tokens);
        }
        return new PendingOutcome() {
            @Override
            public boolean isComplete() {
                return counters.isComplete();
            }

            @Override
            public StepOutcome await() {
                return outcome(counters.await());
            }
        };
    }

    private StepOutcome outcome(Counters counters) {
        var counts = new ArrayList<SequenceCounts>();
        var notFinite = new LinkedHashMap<CudaSequence, String>();
        for (var member : members) {
            int index = member.index();
            counts.add(new SequenceCounts(
                    counters.recalled()[index],
                    counters.evicted()[index],
                    member.attendedPages + counters.attended()[index],
                    member.scoredPages));
            if (counters.notFinite()[index]) {
                notFinite.put(
                        member.sequence(),
                        "keys, values or queries of sequence " + index + " of the batch hold NaN or infinity");
            }
        }
        long slotBytes = cache.slotBytes();
        long backedUpPages = PageWork.filledPages(members);
        // Parts that overlap count in full: a part lasts from its first block to its last.
        var report =
                new CountedReport(counts, counters.copies() * slotBytes, backedUpPages * slotBytes, counters.nanos());
        return new StepOutcome(report, notFinite, Map.of());
    }

    /** Nothing has changed on the device if the step did not begin, because the device is lost. */
    @Override
    public void undo() {
        if (begun) {
            cache.streams.awaitBackups();
            cache.streams.awaitAhead();
            pages.undo();
        }
        for (var member : members) {
            cache.backups.release(member.sequence(), member.filledBefore());
        }
    }
}
