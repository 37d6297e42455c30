package io.arkvale.experiments.engine;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.PolicyInfo;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.llama.DecodeRows;
import io.arkvale.llama.LlamaConfig;
import io.arkvale.llama.Rope;

/**
 * One limited layer of one run: owns the tokens of each KV head, attends for the policy, and lets it see no more than
 * it has declared.
 */
final class PolicyLayer {
    private final PolicyInfo info;
    private final LlamaConfig shape;
    private final LayerPolicy policy;
    private final HeldTokens[] held;
    private final HeldAttention[] attention;
    private long attendedTokens;

    PolicyLayer(
            PolicyInfo info,
            LayerPolicy policy,
            int layer,
            Context context,
            LastRows lastRows,
            DenseKernels kernels,
            Rope rope) {
        this.info = info;
        this.policy = policy;
        shape = context.shape();
        held = new HeldTokens[shape.kvHeads()];
        attention = new HeldAttention[shape.kvHeads()];
        var kept = policy.keep(new View(layer, context, lastRows));
        for (int head = 0; head < held.length; head++) {
            held[head] = new HeldTokens(kernels.matrix(), shape.headDim(), context.tokens());
            held[head].addAll(
                    context.keyValues(layer, head), kept[head], kernels.matrix().panel());
            attention[head] = new HeldAttention(
                    kernels.matrix(), rope, shape.queryHeadsPerKvHead(), shape.headDim(), info.has(Ability.POSITIONS));
        }
    }

    /** Adds the new token of a row, attends, and lets the policy evict. */
    void attend(int row, DecodeRows rows, float[] output) {
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

    /** Tokens held by all KV heads together. */
    long heldTokens() {
        var sum = 0L;
        for (var head : held) {
            sum += head.size();
        }
        return sum;
    }

    /** Tokens attended to by all KV heads together, over all steps. */
    long attendedTokens() {
        return attendedTokens;
    }

    private void require(Ability ability) {
        if (!info.has(ability)) {
            throw new IllegalStateException(
                    "policy '" + info.shortName() + "' does not declare the ability " + ability.label());
        }
    }

    private final class View implements ContextView {
        private final int layer;
        private final Context context;
        private final LastRows lastRows;

        View(int layer, Context context, LastRows lastRows) {
            this.layer = layer;
            this.context = context;
            this.lastRows = lastRows;
        }

        @Override
        public int tokens() {
            return context.tokens();
        }

        @Override
        public float[] lastRow(int queryHead) {
            require(Ability.LAST_ROW);
            return lastRows.of(layer, queryHead);
        }
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
            require(Ability.PROBABILITIES);
            var kvHead = queryHead / shape.queryHeadsPerKvHead();
            return attention[kvHead].probabilities(queryHead % shape.queryHeadsPerKvHead(), held[kvHead].size());
        }

        @Override
        public void evict(int kvHead, int token) {
            require(Ability.EVICTS);
            held[kvHead].evict(token);
        }
    }
}
