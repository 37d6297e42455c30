package io.arkvale.experiments.engine;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ChoiceStep;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.kernels.MatrixKernels;
import io.arkvale.llama.DecodeRows;
import io.arkvale.llama.LlamaConfig;
import java.util.Arrays;
import java.util.BitSet;

/**
 * A layer of a policy that chooses what takes part. Scores of the whole text are computed at once, which costs less than
 * gathering what is chosen; what is not chosen gets weight 0.
 */
final class ChoosingLayer implements LayerRun {
    private final Access access;
    private final LlamaConfig shape;
    private final LayerPolicy policy;
    private final WholeText[] text;
    /** {@code [kvHeads]}: tokens on the device. */
    private final BitSet[] resident;
    /** {@code [kvHeads]}: rows of scores, one a query head. */
    private final float[][] scores;

    private final float[][] weights;
    private double attendedTokens;
    private long recalledTokens;

    ChoosingLayer(Access access, LayerPolicy policy, SharedTokens shared, MatrixKernels kernels) {
        this.access = access;
        this.policy = policy;
        shape = access.context().shape();
        text = new WholeText[shape.kvHeads()];
        resident = new BitSet[shape.kvHeads()];
        scores = new float[shape.kvHeads()][0];
        weights = new float[shape.kvHeads()][0];
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
    public void attend(int row, DecodeRows rows, float[] output) {
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
            text[head].scores(rows.queries(), row * shape.queryWidth() + head * groupWidth, scores[head], stride);
        }
        var step = new Choosing(position, row, rows);
        var chosen = policy.choose(step);
        for (int head = 0; head < text.length; head++) {
            attend(head, chosen, output, row * shape.queryWidth() + head * groupWidth);
        }
        policy.decoded(step);
    }

    private void attend(int kvHead, int[][] chosen, float[] output, int offset) {
        var stride = text[kvHead].stride();
        var queryHeads = shape.queryHeadsPerKvHead();
        Arrays.fill(weights[kvHead], 0);
        for (int i = 0; i < queryHeads; i++) {
            var tokens = chosen[kvHead * queryHeads + i];
            bringBack(kvHead, tokens);
            softmax(scores[kvHead], weights[kvHead], i * stride, tokens);
            attendedTokens += tokens.length / (double) queryHeads;
        }
        text[kvHead].weighted(weights[kvHead], stride, output, offset);
    }

    private void bringBack(int kvHead, int[] tokens) {
        for (int token : tokens) {
            if (!resident[kvHead].get(token)) {
                access.require(Ability.RECALLS);
                resident[kvHead].set(token);
                recalledTokens++;
            }
        }
    }

    private static void softmax(float[] scores, float[] weights, int from, int[] tokens) {
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
    }

    @Override
    public long heldTokens() {
        return Arrays.stream(resident).mapToLong(BitSet::cardinality).sum();
    }

    @Override
    public double attendedTokens() {
        return attendedTokens;
    }

    @Override
    public long recalledTokens() {
        return recalledTokens;
    }

    /** One step, before and after attention. */
    private final class Choosing implements ChoiceStep, DecodeStep {
        private final int position;
        private final int row;
        private final DecodeRows rows;

        Choosing(int position, int row, DecodeRows rows) {
            this.position = position;
            this.row = row;
            this.rows = rows;
        }

        @Override
        public int position() {
            return position;
        }

        @Override
        public boolean holds(int kvHead, int token) {
            return resident[kvHead].get(token);
        }

        @Override
        public int held(int kvHead) {
            return resident[kvHead].cardinality();
        }

        @Override
        public int token(int kvHead, int slot) {
            return resident[kvHead].stream().skip(slot).findFirst().orElseThrow();
        }

        @Override
        public float[] query(int queryHead) {
            access.require(Ability.QUERIES);
            var from = row * shape.queryWidth() + queryHead * shape.headDim();
            return Arrays.copyOfRange(rows.queries(), from, from + shape.headDim());
        }

        @Override
        public void key(int kvHead, int token, float[] target) {
            access.require(Ability.KEYS);
            text[kvHead].getKey(token, target);
        }

        @Override
        public float[] exactScores(int queryHead) {
            access.require(Ability.EXACT_SCORES);
            return row(scores, queryHead);
        }

        @Override
        public float[] probabilities(int queryHead) {
            access.require(Ability.PROBABILITIES);
            var kvHead = queryHead / shape.queryHeadsPerKvHead();
            var all = row(weights, queryHead);
            var bySlot = new float[held(kvHead)];
            var slot = 0;
            for (int token = resident[kvHead].nextSetBit(0);
                    token >= 0;
                    token = resident[kvHead].nextSetBit(token + 1)) {
                bySlot[slot++] = all[token];
            }
            return bySlot;
        }

        private float[] row(float[][] perKvHead, int queryHead) {
            var kvHead = queryHead / shape.queryHeadsPerKvHead();
            var from = queryHead % shape.queryHeadsPerKvHead() * text[kvHead].stride();
            return Arrays.copyOfRange(perKvHead[kvHead], from, from + text[kvHead].length());
        }

        @Override
        public void evict(int kvHead, int token) {
            access.require(Ability.EVICTS);
            if (!resident[kvHead].get(token)) {
                throw new IllegalArgumentException("token " + token + " is not held");
            }
            resident[kvHead].clear(token);
        }
    }
}
