package io.arkvale.experiments.policy.sparse;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.ContextView;
import io.arkvale.experiments.policy.DecodeStep;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.Quantiser;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenSets;
import io.arkvale.experiments.policy.option.PolicyInfo;
import io.arkvale.experiments.policy.option.PolicyOption;
import java.util.List;

/** Keeps everything, each key and value in 8 or 4 bits per element, as the serving systems' INT8 and INT4 caches do. */
public final class Quantised implements TokenPolicy {
    private static final PolicyOption BITS = PolicyOption.choice("bits", List.of("8", "4"), "bits of an element");

    private static final PolicyInfo INFO = new PolicyInfo(
            "sparse.quantised",
            "everything, in 8 or 4 bits; one scale per token",
            "INT8 and INT4 key-value caches, as in Sheng et al., FlexGen, ICML 2023",
            List.of(Ability.UNBUDGETED, Ability.QUANTISES),
            List.of(BITS));

    /** The policy. */
    public Quantised() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        return new Layer(setting, new Quantiser(setting.options().whole(BITS.name())));
    }

    private record Layer(LayerSetting setting, Quantiser quantiser) implements LayerPolicy {
        @Override
        public int[][] keep(ContextView context) {
            return TokenSets.same(setting.kvHeads(), TokenSets.range(0, context.tokens()));
        }

        @Override
        public void store(int kvHead, int token, float[] key, float[] value) {
            quantiser.round(key);
            quantiser.round(value);
        }

        @Override
        public double tokenBytes(int headDim) {
            return quantiser.tokenBytes(headDim);
        }

        @Override
        public void decoded(DecodeStep step) {}
    }
}
