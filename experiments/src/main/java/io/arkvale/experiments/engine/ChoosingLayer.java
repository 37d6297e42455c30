package io.arkvale.experiments.engine;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.Estimate;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.kernels.MatrixKernels;
import io.arkvale.llama.attention.AttentionShape;
import io.arkvale.llama.attention.DecodeRows;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A layer of a policy that chooses what takes part. Scores and sums are computed by whole panels of tokens, which costs
 * less than gathering what is chosen; what is not chosen gets weight 0.
 */
final class ChoosingLayer implements LayerRun {
    private final Access access;
    private final AttentionShape shape;
    private final LayerPolicy policy;
    private final WholeText[] text;
    /** {@code [kvHeads]}: tokens on the device. */
    private final BitSet[] resident;
    /** {@code [kvHeads]}: rows of scores, one a query head. */
    private final float[][] scores;

    private final float[][] weights;
    private final LayerCounts counts = new LayerCounts();
    private final double tokenBytes;
    private final TurnedQueries turned;
    private final float[] key;
    private int[][] chosen = new int[0][];

    ChoosingLayer(Access access, LayerPolicy policy, SharedTokens shared, MatrixKernels kernels) {
        this.access = access;
        this.policy = policy;
        shape = access.context().shape();
        text = new WholeText[shape.kvHeads()];
        resident = new BitSet[shape.kvHeads()];
        scores = new float[shape.kvHeads()][0];
        weights = new float[shape.kvHeads()][0];
        tokenBytes = policy.tokenBytes(shape.headDim());
        turned = new TurnedQueries(access.scores().rope(), shape.queryHeadsPerKvHead(), shape.headDim());
        key = new float[shape.headDim()];
        if (access.info().has(Ability.QUANTISES)) {
            throw new IllegalArgumentException("a policy that chooses cannot quantise");
        }
        var kept = policy.keep(access);
        for (int head = 0; head < text.length; head++) {
            text[head] = new WholeText(
                    kernels, shape.queryHeadsPerKvHead(), shape.headDim(), shared.of(access.layer(), head));
            resident[head] = new BitSet(access.tokens());
            for (int token : kept[head]) {
                resident[head].set(token);
            }
        }
    }

    @Override
    public void attend(int row, DecodeRows rows, byte[] newText, float[] output) {
        var position = rows.positions()[row];
        var groupWidth = shape.queryHeadsPerKvHead() * shape.headDim();
        for (int head = 0; head < text.length; head++) {
            var keyOffset = row * shape.kvWidth() + head * shape.headDim();
            text[head].add(rows.keys(), keyOffset, rows.values(), keyOffset);
            resident[head].set(position);
            var stride = text[head].stride();
            if (scores[head].length < stride * shape.queryHeadsPerKvHead()) {
                scores[head] = new float[stride * shape.queryHeadsPerKvHead()];
                weights[head] = new float[stride * shape.queryHeadsPerKvHead()];
            }
            if (access.info().has(Ability.EXACT_SCORES)) {
                var offset = row * shape.queryWidth() + head * groupWidth;
                text[head].scores(rows.queries(), offset, text[head].allPanels(), scores[head], stride);
            }
        }
        var step = new ChoosingStep(access, text, resident, scores, weights, counts, row, rows, newText);
        chosen = policy.choose(step);
        for (int head = 0; head < text.length; head++) {
            var offset = row * shape.queryWidth() + head * groupWidth;
            for (int[] tokens : ofHead(head)) {
                step.bringBack(head, tokens);
            }
            var panels = text[head].panels(Arrays.stream(ofHead(head)).distinct());
            if (!access.info().has(Ability.EXACT_SCORES)) {
                text[head].scores(rows.queries(), offset, panels, scores[head], text[head].stride());
            }
            if (access.info().has(Ability.POSITIONS)) {
                turned.take(rows.rawQueries(), offset);
                moveScores(head, position);
            }
            attend(head, panels, output, offset);
        }
        policy.decoded(step);
        counts.end(Arrays.stream(resident).mapToLong(BitSet::cardinality).sum());
    }

    /** Scores again the tokens that take part and that the policy sees at another distance. */
    private void moveScores(int kvHead, int position) {
        var held = resident[kvHead].cardinality();
        for (int i = 0; i < shape.queryHeadsPerKvHead(); i++) {
            for (int token : chosen[kvHead * shape.queryHeadsPerKvHead() + i]) {
                var seenFrom = TurnedQueries.seenFrom(policy, token, position, held);
                if (seenFrom != position) {
                    text[kvHead].getKey(token, key);
                    turned.score(key, seenFrom, scores[kvHead], token, text[kvHead].stride());
                }
            }
        }
    }

    private void attend(int kvHead, BitSet panels, float[] output, int offset) {
        var stride = text[kvHead].stride();
        var queryHeads = shape.queryHeadsPerKvHead();
        var logSums = new double[queryHeads];
        Arrays.fill(weights[kvHead], 0);
        for (int i = 0; i < queryHeads; i++) {
            var tokens = chosen[kvHead * queryHeads + i];
            logSums[i] = softmax(scores[kvHead], weights[kvHead], i * stride, tokens);
        }
        text[kvHead].weighted(weights[kvHead], panels, stride, output, offset);
        for (int i = 0; access.info().has(Ability.ESTIMATES) && i < queryHeads; i++) {
            var estimates = policy.estimates(kvHead * queryHeads + i, logSums[i]);
            mix(estimates, logSums[i], output, offset + i * shape.headDim());
        }
        count(kvHead);
    }

    /** Mixes estimates into an output that has the weight {@code e^logSum}. */
    private void mix(List<Estimate> estimates, double logSum, float[] output, int offset) {
        var largest = estimates.stream().mapToDouble(Estimate::logit).reduce(logSum, Math::max);
        var own = Math.exp(logSum - largest);
        var total = own;
        for (var estimate : estimates) {
            total += Math.exp(estimate.logit() - largest);
        }
        for (int i = 0; i < shape.headDim(); i++) {
            var sum = own * output[offset + i];
            for (var estimate : estimates) {
                sum += Math.exp(estimate.logit() - largest) * estimate.value()[i];
            }
            output[offset + i] = (float) (sum / total);
        }
    }

    /** What the query heads of a KV head chose. */
    private int[][] ofHead(int kvHead) {
        var queryHeads = shape.queryHeadsPerKvHead();
        return Arrays.copyOfRange(chosen, kvHead * queryHeads, (kvHead + 1) * queryHeads);
    }

    private void count(int kvHead) {
        var own = ofHead(kvHead);
        var mean =
                Arrays.stream(own).mapToInt(tokens -> tokens.length).average().orElse(0);
        var distinct = new BitSet();
        Arrays.stream(own).distinct().flatMapToInt(Arrays::stream).forEach(distinct::set);
        counts.attend(mean, distinct.cardinality());
    }

    /** Writes probabilities of the given tokens; returns the logarithm of the sum of their exponentials. */
    private static double softmax(float[] scores, float[] weights, int from, int[] tokens) {
        var largest = Float.NEGATIVE_INFINITY;
        for (int token : tokens) {
            largest = Math.max(largest, scores[from + token]);
        }
        var sum = 0.0;
        for (int token : tokens) {
            var weight = (float) Math.exp(scores[from + token] - largest);
            weights[from + token] = weight;
            sum += weight;
        }
        var factor = (float) (1 / sum);
        for (int token : tokens) {
            weights[from + token] *= factor;
        }
        return largest + Math.log(sum);
    }

    @Override
    public int[] attended(int queryHead) {
        return chosen[queryHead];
    }

    @Override
    public int[] held(int kvHead) {
        return resident[kvHead].stream().toArray();
    }

    @Override
    public LayerCounts counts() {
        return counts;
    }

    @Override
    public double tokenBytes() {
        return tokenBytes;
    }
}
