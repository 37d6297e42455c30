package io.arkvale.experiments.policy.evict;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.PolicyInfo;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenSets;
import java.util.List;

/**
 * The tokens whose keys are least like all keys together: those with the smallest cosine to the mean of the normalised
 * keys (Park et al., "KeyDiff", 2025, section 3.2, algorithm 1). Each KV head on its own; neither queries nor attention
 * are read. At decode the mean is that of the keys held, and the newest token may go at once.
 *
 * <p>Deviation: the paper evicts from block to block of the prompt; here the prompt is prefilled whole, and evicted from
 * at its end.
 */
public final class KeyDiff implements TokenPolicy {
    private static final PolicyInfo INFO = new PolicyInfo(
            "evict.keydiff",
            "the tokens whose keys are least like the mean key",
            "Park et al., KeyDiff: Key Similarity-Based KV Cache Eviction for Long-Context LLM Inference in"
                    + " Resource-Constrained Environments, 2025",
            List.of(Ability.EVICTS, Ability.KEYS),
            List.of());

    /** The policy. */
    public KeyDiff() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        return new Layer(setting);
    }

    private static final class Layer implements LayerPolicy {
        private final LayerSetting setting;
        /** {@code [kvHeads][headDim]}: sums of the normalised keys held; a cosine does not see that it is no mean. */
        private final double[][] anchors;

        private final float[] key;

        Layer(LayerSetting setting) {
            this.setting = setting;
            anchors = new double[setting.kvHeads()][setting.headDim()];
            key = new float[setting.headDim()];
        }

        @Override
        public int[][] keep(ContextView context) {
            var kept = new int[setting.kvHeads()][];
            for (int head = 0; head < kept.length; head++) {
                var all = new double[setting.headDim()];
                for (int token = 0; token < context.tokens(); token++) {
                    context.key(head, token, key);
                    add(all, 1);
                }
                var scores = new double[context.tokens()];
                for (int token = 0; token < scores.length; token++) {
                    context.key(head, token, key);
                    scores[token] = -likeness(all);
                }
                kept[head] = TokenSets.best(scores.length, setting.budget(), token -> scores[token]);
                for (int token : kept[head]) {
                    context.key(head, token, key);
                    add(anchors[head], 1);
                }
            }
            return kept;
        }

        @Override
        public void decoded(DecodeStep step) {
            for (int head = 0; head < setting.kvHeads(); head++) {
                step.key(head, step.position(), key);
                add(anchors[head], 1);
                while (step.held(head) > setting.budget()) {
                    var token = mostAlike(step, head);
                    step.key(head, token, key);
                    add(anchors[head], -1);
                    step.evict(head, token);
                }
            }
        }

        /** Of equal likeness the later token. */
        private int mostAlike(DecodeStep step, int head) {
            step.scored((long) step.held(head) * setting.headDim() * Float.BYTES);
            var found = -1;
            var largest = Double.NEGATIVE_INFINITY;
            for (int slot = 0; slot < step.held(head); slot++) {
                var token = step.token(head, slot);
                step.key(head, token, key);
                var likeness = likeness(anchors[head]);
                if (likeness > largest || (likeness == largest && token > found)) {
                    found = token;
                    largest = likeness;
                }
            }
            return found;
        }

        private void add(double[] anchor, int times) {
            var length = length();
            for (int i = 0; length > 0 && i < anchor.length; i++) {
                anchor[i] += times * key[i] / length;
            }
        }

        /** Cosine to the anchor, times the anchor's length; a key of no length is like nothing. */
        private double likeness(double[] anchor) {
            var dot = 0.0;
            for (int i = 0; i < anchor.length; i++) {
                dot += anchor[i] * key[i];
            }
            var length = length();
            return length == 0 ? 0 : dot / length;
        }

        private double length() {
            var squares = 0.0;
            for (float element : key) {
                squares += (double) element * element;
            }
            return Math.sqrt(squares);
        }

        @Override
        public long summaryBytes() {
            return (long) setting.kvHeads() * setting.headDim() * Float.BYTES;
        }
    }
}
