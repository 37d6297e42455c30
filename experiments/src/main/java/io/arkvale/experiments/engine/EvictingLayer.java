package io.arkvale.experiments.engine;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.llama.DecodeRows;
import io.arkvale.llama.LlamaConfig;
import io.arkvale.llama.Rope;

/**
 * A layer of a policy that attends to all it holds, and drops the rest for good. Each KV head keeps its tokens together,
 * so that a step costs no more than the budget.
 */
final class EvictingLayer implements LayerRun {
    private final Access access;
    private final LlamaConfig shape;
    private final LayerPolicy policy;
    private final HeldTokens[] held;
    private final HeldAttention[] attention;
    private long attendedTokens;

    EvictingLayer(Access access, LayerPolicy policy, DenseKernels kernels, Rope rope) {
        this.access = access;
        this.policy = policy;
        var context = access.context();
        shape = context.shape();
        held = new HeldTokens[shape.kvHeads()];
        attention = new HeldAttention[shape.kvHeads()];
        var kept = policy.keep(access);
        for (int head = 0; head < held.length; head++) {
            held[head] = new HeldTokens(kernels.matrix(), shape.headDim(), context.tokens());
            held[head].addAll(
                    context.keyValues(access.layer(), head),
                    kept[head],
                    kernels.matrix().panel());
            attention[head] = new HeldAttention(
                    kernels.matrix(),
                    rope,
                    shape.queryHeadsPerKvHead(),
                    shape.headDim(),
                    access.info().has(Ability.POSITIONS));
        }
    }

    @Override
    public void attend(int row, DecodeRows rows, float[] output) {
        var position = rows.positions()[row];
        var groupWidth = shape.queryHeadsPerKvHead() * shape.headDim();
        for (int head = 0; head < held.length; head++) {
            var keyOffset = row * shape.kvWidth() + head * shape.headDim();
            held[head].add(position, rows.keys(), keyOffset, rows.values(), keyOffset);
            var offset = row * shape.queryWidth() + head * groupWidth;
            attention[head].attend(held[head], policy, position, rows, output, offset);
            attendedTokens += held[head].size();
        }
        policy.decoded(new Decoded(position));
    }

    @Override
    public long heldTokens() {
        var sum = 0L;
        for (var head : held) {
            sum += head.size();
        }
        return sum;
    }

    @Override
    public long recalledTokens() {
        return 0; // what is evicted here is gone
    }

    @Override
    public double attendedTokens() {
        return attendedTokens;
    }

    private final class Decoded implements DecodeStep {
        private final int position;

        Decoded(int position) {
            this.position = position;
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
        public void evict(int kvHead, int token) {
            access.require(Ability.EVICTS);
            held[kvHead].evict(token);
        }
    }
}
