package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.api.GroupScore;
import io.arkvale.api.SequenceSpec;
import io.arkvale.kernels.ScoreKernel;

/** Step (b): scores pages from their digests and makes one score a head group of them. */
final class Estimator {
    private final CacheSpec spec;
    private final Workers workers;
    private float[] headScores = new float[0];

    Estimator(CacheSpec spec, Workers workers) {
        this.spec = spec;
        this.workers = workers;
    }

    /**
     * Scores every page of a layer that has a digest.
     *
     * @param queries float32 {@code [queryHeads][headDim]} from {@code at}
     * @param scores float32 {@code [pages][headGroups]}, written from {@code scoresAt}
     */
    void estimate(SequenceSpec sequence, DigestColumn digests, float[] queries, int at, float[] scores, int scoresAt) {
        int pages = digests.pages();
        int needed = Math.multiplyExact(spec.queryHeads(), pages);
        if (headScores.length < needed) {
            headScores = new float[needed];
        }
        int queryHeads = spec.queryHeadsPerKvHead();
        workers.pool.forEach(spec.kvHeads(), (kvHead, worker) -> {
            var kernel = workers.get(worker).score;
            kernel.queries(queries, at + kvHead * queryHeads * spec.headDim());
            score(kernel, sequence.digest(), digests, kvHead, kvHead * queryHeads * pages);
        });
        for (int group = 0; group < spec.headGroups(); group++) {
            combine(sequence.groupScore(), group, pages, scores, scoresAt);
        }
    }

    private void score(ScoreKernel kernel, Digest digest, DigestColumn digests, int kvHead, int at) {
        int all = digests.pages();
        for (int page = 0; page < all; page += DigestColumn.PAGES) {
            int count = Math.min(DigestColumn.PAGES, all - page);
            var memory = digests.memory(page);
            long vectors = digests.vectors(kvHead, page);
            switch (digest.shape()) {
                case CUBOID -> kernel.cuboid(memory, vectors, count, headScores, at + page, all);
                case POINT -> kernel.centroid(memory, vectors, count, headScores, at + page, all);
                case SPHERE -> {
                    long radius = digests.radius(kvHead, page);
                    kernel.sphere(memory, vectors, memory, radius, count, headScores, at + page, all);
                }
            }
        }
    }

    private void combine(GroupScore how, int group, int pages, float[] scores, int scoresAt) {
        int heads = spec.queryHeadsPerGroup();
        int first = group * heads * pages;
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
            scores[scoresAt + page * spec.headGroups() + group] = headScores[first + page] / divisor;
        }
    }

    /** Turns one head's scores into the softmax over pages of {@code score / √headDim}. */
    private void softmax(int from, int count) {
        double scale = 1 / Math.sqrt(spec.headDim());
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
