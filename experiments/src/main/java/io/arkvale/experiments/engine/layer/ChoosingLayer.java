package io.arkvale.experiments.engine.layer;

import io.arkvale.experiments.engine.attention.HeldTokens;
import io.arkvale.experiments.engine.attention.TurnedQueries;
import io.arkvale.experiments.engine.attention.WholeText;
import io.arkvale.experiments.engine.context.SharedTokens;
import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.Estimate;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.TokenSets;
import io.arkvale.kernels.matrix.MatrixKernels;
import io.arkvale.llama.attention.DecodeRows;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A layer of a policy that chooses what takes part. Scores and sums are computed by whole panels of tokens, which costs
 * less than gathering what is chosen; what is not chosen gets weight 0.
 */
public final class ChoosingLayer extends LayerRun {
    private final WholeText[] text;
    /** {@code [kvHeads]}: tokens on the device. */
    private final BitSet[] resident;
    /** {@code [kvHeads]}: rows of scores, one per query head. */
    private final float[][] scores;

    private final float[][] weights;
    private final TurnedQueries turned;
    private int[][] chosen = new int[0][];

    public ChoosingLayer(Access access, LayerPolicy policy, SharedTokens shared, MatrixKernels kernels) {
        super(access, policy);
        text = new WholeText[shape.kvHeads()];
        resident = new BitSet[shape.kvHeads()];
        scores = new float[shape.kvHeads()][0];
        weights = new float[shape.kvHeads()][0];
        turned = new TurnedQueries(access.scores().rope(), shape.queryHeadsPerKvHead(), shape.headDim());
        var kept = policy.keep(access);
        for (int head = 0; head < text.length; head++) {
            text[head] = new WholeText(
                    kernels, shape.queryHeadsPerKvHead(), shape.headDim(), context(head, shared, kernels));
            resident[head] = new BitSet(access.tokens());
            for (int token : kept[head]) {
                resident[head].set(token);
            }
        }
        counts.begin(Arrays.stream(resident).mapToLong(BitSet::cardinality).sum());
    }

    /** The context's tokens as they are stored: the shared ones, or a copy of its own if the policy stores them otherwise. */
    private HeldTokens context(int head, SharedTokens shared, MatrixKernels kernels) {
        if (!quantises()) {
            return shared.of(access.layer(), head);
        }
        var stored = new HeldTokens(kernels, shape.headDim(), access.tokens());
        stored.addAll(
                access.context().keyValues(access.layer(), head),
                TokenSets.range(0, access.tokens()),
                0,
                (token, ownKey, ownValue) -> policy.store(head, token, ownKey, ownValue));
        return stored;
    }

    @Override
    public void attend(int row, DecodeRows rows, byte[] newText, float[] output) {
        var position = rows.positions()[row];
        var groupWidth = shape.queryHeadsPerKvHead() * shape.headDim();
        for (int head = 0; head < text.length; head++) {
            take(head, row, rows);
            text[head].add(key, 0, value, 0);
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
}
