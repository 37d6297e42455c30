package io.arkvale.experiments.engine.layer;

import io.arkvale.experiments.engine.attention.HeldAttention;
import io.arkvale.experiments.engine.attention.HeldTokens;
import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.llama.attention.DecodeRows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A layer of a policy that attends to all it holds, and drops the rest for good. Each KV head keeps its tokens together,
 * so that a step costs no more than the budget.
 */
public final class EvictingLayer extends LayerRun {
    private static final int PROBABILITY_PASSES = 4;

    private final HeldTokens[] held;
    private final HeldAttention[] attention;
    /** {@code [kvHeads]}: tokens evicted in the last step. */
    private final List<List<Integer>> evicted = new ArrayList<>();

    public EvictingLayer(Access access, LayerPolicy policy, DenseKernels kernels) {
        super(access, policy);
        var context = access.context();
        held = new HeldTokens[shape.kvHeads()];
        attention = new HeldAttention[shape.kvHeads()];
        var kept = policy.keep(access);
        for (int head = 0; head < held.length; head++) {
            held[head] = new HeldTokens(kernels.matrix(), shape.headDim(), context.tokens());
            var kvHead = head;
            held[head].addAll(
                    context.keyValues(access.layer(), head),
                    kept[head],
                    kernels.matrix().panel(),
                    quantises()
                            ? (token, ownKey, ownValue) -> policy.store(kvHead, token, ownKey, ownValue)
                            : HeldTokens.Storing.AS_IT_IS);
            evicted.add(new ArrayList<>());
            attention[head] = new HeldAttention(
                    kernels,
                    access.scores().rope(),
                    shape.queryHeadsPerKvHead(),
                    shape.headDim(),
                    access.info().has(Ability.POSITIONS));
        }
        counts.begin(Arrays.stream(held).mapToLong(HeldTokens::size).sum());
    }

    @Override
    public void attend(int row, DecodeRows rows, byte[] text, float[] output) {
        var position = rows.positions()[row];
        var groupWidth = shape.queryHeadsPerKvHead() * shape.headDim();
        for (int head = 0; head < held.length; head++) {
            take(head, row, rows);
            evicted.get(head).clear();
            held[head].add(position, key, 0, value, 0);
            var offset = row * shape.queryWidth() + head * groupWidth;
            attention[head].attend(held[head], policy, position, rows, output, offset);
            counts.attend(held[head].size(), held[head].size());
            if (access.info().has(Ability.PROBABILITIES)) {
                countProbabilities(held[head].size());
            }
        }
        policy.decoded(new Decoded(position, text));
        counts.end(Arrays.stream(held).mapToLong(HeldTokens::size).sum());
    }

    /**
     * As the cost model has it: no fused kernel gives probabilities, so scores are written, read, written as
     * probabilities and read for the values' sum; then the policy reads them.
     */
    private void countProbabilities(int tokens) {
        var row = (long) tokens * shape.queryHeadsPerKvHead() * Float.BYTES;
        counts.probabilities(PROBABILITY_PASSES * row);
        counts.score(row);
    }

    @Override
    public int[] attended(int queryHead) {
        var kvHead = queryHead / shape.queryHeadsPerKvHead();
        return IntStream.concat(
                        Arrays.stream(held(kvHead)),
                        evicted.get(kvHead).stream().mapToInt(token -> token))
                .toArray();
    }

    @Override
    public int[] held(int kvHead) {
        return IntStream.range(0, held[kvHead].size()).map(held[kvHead]::token).toArray();
    }

    private final class Decoded implements DecodeStep {
        private final int position;
        private final byte[] text;

        Decoded(int position, byte[] text) {
            this.position = position;
            this.text = text;
        }

        @Override
        public int position() {
            return position;
        }

        @Override
        public int held(int kvHead) {
            return held[kvHead].size();
        }

        @Override
        public int token(int kvHead, int slot) {
            return held[kvHead].token(slot);
        }

        @Override
        public boolean holds(int kvHead, int token) {
            return held[kvHead].holds(token);
        }

        @Override
        public float[] probabilities(int queryHead) {
            access.require(Ability.PROBABILITIES);
            var kvHead = queryHead / shape.queryHeadsPerKvHead();
            return attention[kvHead].probabilities(queryHead % shape.queryHeadsPerKvHead(), held[kvHead].size());
        }

        @Override
        public void key(int kvHead, int token, float[] target) {
            access.require(Ability.KEYS);
            held[kvHead].getKeyOf(token, target);
        }

        @Override
        public void scored(long bytes) {
            counts.score(bytes);
        }

        @Override
        public byte[] text() {
            access.require(Ability.TEXT);
            return text;
        }

        @Override
        public void evict(int kvHead, int token) {
            access.require(Ability.EVICTS);
            held[kvHead].evict(token);
            evicted.get(kvHead).add(token);
        }
    }
}
