package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.GroupScore;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.spi.Scoring;
import java.util.List;

/** Step (b): scores pages from their digests and makes one score per head group of them. */
final class PageScorer {
    private final CacheSpec spec;
    private final Workers workers;
    private final PageDigester digester;
    private final QueryRows queries;

    /** Of each piece of work {@code [queryHeadsPerGroup][pages]}, one after another. */
    private float[] headScores = new float[0];

    private int[] starts = new int[0];

    /** What {@link #score} is at. */
    private List<Scoring> work = List.of();

    private final WorkerPool.Task score = this::score;

    PageScorer(CacheSpec spec, Workers workers, PageDigester digester) {
        this.spec = spec;
        this.workers = workers;
        this.digester = digester;
        queries = new QueryRows(spec, workers);
    }

    /**
     * Scores pages.
     *
     * @param from queries {@code [rows][queryHeads][headDim]} in the cache's element type; only rows at work are read
     * @param scores written where each piece of work says
     */
    void score(List<Scoring> work, HostMemory from, float[] scores) {
        this.work = work;
        queries.clear();
        for (int i = 0; i < work.size(); i++) {
            queries.add(work.get(i).row());
        }
        queries.read(from);
        reserve(work);
        workers.pool.forEach(Math.multiplyExact(work.size(), spec.kvHeadsPerGroup()), score);
        for (int i = 0; i < work.size(); i++) {
            combine(work.get(i), starts[i], scores);
        }
    }

    private void score(int item, int worker) {
        int index = item / spec.kvHeadsPerGroup();
        scoreHead(work.get(index), starts[index], item % spec.kvHeadsPerGroup(), workers.get(worker));
    }

    private void reserve(List<Scoring> work) {
        if (starts.length < work.size()) {
            starts = new int[work.size()];
        }
        int elements = 0;
        for (int i = 0; i < work.size(); i++) {
            starts[i] = elements;
            elements = Math.addExact(
                    elements,
                    Math.multiplyExact(spec.queryHeadsPerGroup(), work.get(i).pages()));
        }
        if (headScores.length < elements) {
            headScores = new float[elements];
        }
    }

    private void scoreHead(Scoring work, int start, int head, Workers.Worker worker) {
        int queryHeads = spec.queryHeadsPerKvHead();
        int kvHead = work.group() * spec.kvHeadsPerGroup() + head;
        var blocks = digester.blocks(work.digest().form());
        blocks.queries(worker, queries.numbers(), queries.at(work.row(), kvHead));
        int all = work.pages();
        int at = start + head * queryHeads * all;
        for (int page = 0; page < all; page += DigestBlocks.PAGES) {
            int block = work.blocks().applyAsInt(page / DigestBlocks.PAGES);
            int count = Math.min(DigestBlocks.PAGES, all - page);
            blocks.score(worker, block, head, count, headScores, at + page, all);
        }
    }

    private void combine(Scoring work, int first, float[] scores) {
        int heads = spec.queryHeadsPerGroup();
        int pages = work.pages();
        var how = work.groupScore();
        if (how == GroupScore.MEAN_SOFTMAX) {
            for (int head = 0; head < heads; head++) {
                softmax(first + head * pages, pages);
            }
        }
        // Head by head over all pages, which compiles to vector loops.
        for (int head = 1; head < heads; head++) {
            int row = first + head * pages;
            for (int page = 0; page < pages; page++) {
                float other = headScores[row + page];
                headScores[first + page] = how == GroupScore.MAX
                        ? Math.max(headScores[first + page], other)
                        : headScores[first + page] + other;
            }
        }
        int divisor = how == GroupScore.MAX ? 1 : heads;
        for (int page = 0; page < pages; page++) {
            scores[work.at() + page * spec.headGroups()] = headScores[first + page] / divisor;
        }
    }

    /** Turns one head's scores into the softmax over pages of the scaled scores. */
    private void softmax(int from, int count) {
        double scale = spec.attentionScale();
        float largest = Float.NEGATIVE_INFINITY;
        for (int i = from; i < from + count; i++) {
            largest = Math.max(largest, headScores[i]);
        }
        double sum = 0;
        for (int i = from; i < from + count; i++) {
            sum += Math.exp(((double) headScores[i] - largest) * scale);
        }
        for (int i = from; i < from + count; i++) {
            headScores[i] = (float) (Math.exp(((double) headScores[i] - largest) * scale) / sum);
        }
    }
}
