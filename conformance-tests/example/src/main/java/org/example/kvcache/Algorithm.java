package org.example.kvcache;

import io.arkvale.api.Digest;
import io.arkvale.api.GroupScore;
import io.arkvale.api.SequenceSpec;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** The arithmetic and the choices, all in float32. */
class Algorithm {
    /**
     * Digest of one KV head's keys, in the layout of {@code CacheView.digest}, not yet rounded to the element type.
     *
     * @param keys {@code [tokens][headDim]}
     */
    float[] digest(Digest digest, float[][] keys) {
        var d = keys[0].length;
        var least = keys[0].clone();
        var most = keys[0].clone();
        var mean = new float[d];
        for (var key : keys) {
            for (var i = 0; i < d; i++) {
                least[i] = Math.min(least[i], key[i]);
                most[i] = Math.max(most[i], key[i]);
                mean[i] += key[i] / keys.length;
            }
        }
        var centre = new float[d];
        for (var i = 0; i < d; i++) {
            centre[i] = (least[i] + most[i]) / 2;
        }
        return switch (digest.shape()) {
            case POINT -> mean;
            case SPHERE -> sphere(digest, keys, centre);
            case CUBOID -> digest == Digest.CUBOID_MAX ? concat(most, least) : cuboid(digest, keys, centre);
        };
    }

    private float[] cuboid(Digest digest, float[][] keys, float[] centre) {
        var d = centre.length;
        var result = new float[2 * d];
        for (var i = 0; i < d; i++) {
            var distances = new float[keys.length];
            for (var j = 0; j < keys.length; j++) {
                distances[j] = Math.abs(keys[j][i] - centre[i]);
            }
            var reach = reach(digest == Digest.CUBOID_CENTER, distances);
            result[i] = centre[i] + reach;
            result[d + i] = centre[i] - reach;
        }
        return result;
    }

    private float[] sphere(Digest digest, float[][] keys, float[] centre) {
        var norms = new float[keys.length];
        for (var j = 0; j < keys.length; j++) {
            var squares = 0f;
            for (var i = 0; i < centre.length; i++) {
                var distance = keys[j][i] - centre[i];
                squares += distance * distance;
            }
            norms[j] = (float) Math.sqrt(squares);
        }
        var radius = digest == Digest.SPHERE_MAX ? most(norms) : reach(digest == Digest.SPHERE_CENTER, norms);
        return concat(centre, new float[] {radius});
    }

    /** Half of smallest plus largest, or the mean. */
    float reach(boolean middle, float[] distances) {
        if (!middle) {
            var sum = 0f;
            for (var distance : distances) {
                sum += distance;
            }
            return sum / distances.length;
        }
        var least = distances[0];
        for (var distance : distances) {
            least = Math.min(least, distance);
        }
        return (least + most(distances)) / 2;
    }

    /** Score of one query head, {@code query [headDim]}, for one digest. */
    float score(Digest digest, float[] query, float[] stored) {
        var d = query.length;
        var score = 0f;
        var squares = 0f;
        for (var i = 0; i < d; i++) {
            score += digest.shape() == Digest.Shape.CUBOID
                    ? Math.max(query[i] * stored[i], query[i] * stored[d + i])
                    : query[i] * stored[i];
            squares += query[i] * query[i];
        }
        return digest.shape() == Digest.Shape.SPHERE ? score + stored[d] * (float) Math.sqrt(squares) : score;
    }

    /**
     * Scores of a group, one a filled page.
     *
     * @param scores {@code [query heads of the group][filled pages]}
     */
    float[] combine(GroupScore groupScore, float[][] scores, int headDim) {
        var result = new float[scores[0].length];
        if (groupScore == GroupScore.MAX) {
            java.util.Arrays.fill(result, Float.NEGATIVE_INFINITY);
        }
        for (var head : scores) {
            var numbers =
                    groupScore == GroupScore.MEAN_SOFTMAX ? softmax(head, (float) (1 / Math.sqrt(headDim))) : head;
            for (var page = 0; page < result.length; page++) {
                result[page] = groupScore == GroupScore.MAX
                        ? Math.max(result[page], numbers[page])
                        : result[page] + numbers[page] / scores.length;
            }
        }
        return result;
    }

    float[] softmax(float[] logits, float scale) {
        var result = new float[logits.length];
        var most = shift(logits) * scale;
        var sum = 0f;
        for (var i = 0; i < logits.length; i++) {
            result[i] = (float) Math.exp(logits[i] * scale - most);
            sum += result[i];
        }
        for (var i = 0; i < logits.length; i++) {
            result[i] /= sum;
        }
        return result;
    }

    /** What is taken off every logit before its exponential. */
    float shift(float[] logits) {
        return most(logits);
    }

    /** Sink and window pages. */
    BitSet pinned(SequenceSpec spec, int pages) {
        var pinned = new BitSet();
        pinned.set(0, spec.sinkPages());
        pinned.set(pages - spec.windowPages(), pages);
        return pinned;
    }

    /** Pages selected of a sequence over its budget. */
    BitSet select(SequenceSpec spec, int pages, float[] scores) {
        var selected = pinned(spec, pages);
        var ranked = ranked(scores);
        ranked.removeIf(selected::get);
        ranked.subList(0, spec.rankedPages()).forEach(selected::set);
        return selected;
    }

    /** The lowest-ranked {@code count} of the filled resident pages that are not kept. */
    BitSet victims(BitSet resident, BitSet kept, float[] scores, int count) {
        var candidates = ranked(scores);
        candidates.removeIf(page -> kept.get(page) || !resident.get(page));
        var victims = new BitSet();
        candidates.subList(candidates.size() - count, candidates.size()).forEach(victims::set);
        return victims;
    }

    /** Filled pages, best first. */
    List<Integer> ranked(float[] scores) {
        var pages = new ArrayList<Integer>();
        for (var page = 0; page < scores.length; page++) {
            pages.add(page);
        }
        pages.sort((a, b) -> compare(scores[a], scores[b]));
        return pages;
    }

    /** Negative if {@code a} ranks before {@code b}; equal scores keep the pages' order. */
    int compare(float a, float b) {
        if (Float.isNaN(a) || Float.isNaN(b)) {
            return Boolean.compare(Float.isNaN(a), Float.isNaN(b));
        }
        return a == b ? 0 : a > b ? -1 : 1;
    }

    /** Attention of one query head over keys and values {@code [tokens][headDim]}. */
    float[] attend(float[] query, List<float[]> keys, List<float[]> values) {
        var logits = new float[keys.size()];
        for (var j = 0; j < logits.length; j++) {
            var key = keys.get(j);
            for (var i = 0; i < query.length; i++) {
                logits[j] += query[i] * key[i];
            }
        }
        var probabilities = softmax(logits, scale(query.length));
        var output = new float[query.length];
        for (var j = 0; j < logits.length; j++) {
            for (var i = 0; i < output.length; i++) {
                output[i] += probabilities[j] * values.get(j)[i];
            }
        }
        return output;
    }

    float scale(int headDim) {
        return (float) (1 / Math.sqrt(headDim));
    }

    static float most(float[] numbers) {
        var most = Float.NEGATIVE_INFINITY;
        for (var number : numbers) {
            most = Math.max(most, number);
        }
        return most;
    }

    private static float[] concat(float[] a, float[] b) {
        var result = java.util.Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, result, a.length, b.length);
        return result;
    }
}
