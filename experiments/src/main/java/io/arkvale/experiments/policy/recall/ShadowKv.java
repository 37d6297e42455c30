package io.arkvale.experiments.policy.recall;

import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.policy.LayerPolicy;
import io.arkvale.experiments.policy.LayerSetting;
import io.arkvale.experiments.policy.TokenPolicy;
import io.arkvale.experiments.policy.TokenSets;
import io.arkvale.experiments.policy.option.PolicyInfo;
import io.arkvale.experiments.policy.option.PolicyOption;
import java.util.List;

/**
 * Keys of low rank on the device, values on the host (Sun et al., "ShadowKV", 2024, algorithms 1 and 2, and the authors'
 * code). Before RoPE a layer's keys, all KV heads together, are near to a matrix of low rank, whose factors are kept.
 * Chunks of tokens are ranked by their mean key, each KV head for itself; the chosen ones' values are fetched and their
 * keys rebuilt. The chunks whose mean stands worst for one of its keys, the last chunks, and all that is decoded are kept
 * whole ({@link ShadowLayer}).
 *
 * <p>The budget counts the tokens of the context that are on the device at a step: chosen, outliers, and the last ones.
 *
 * <p>Deviations: the rank and the outliers are shares, the paper's 160 of 1,024 elements and its 24 outlier chunks for
 * every 1,024 chosen tokens, since this laboratory's models and budgets are smaller.
 */
public final class ShadowKv implements TokenPolicy {
    /** Last chunks that are kept whole, as in the authors' code. */
    static final int LOCAL_CHUNKS = 4;

    private static final PolicyOption CHUNK = PolicyOption.whole("chunk", 8, 1, 1024, "tokens per chunk");
    private static final PolicyOption RANK = PolicyOption.real(
            "rank", 0.15625, 0.001, 1, "rank of the kept keys, as a share of the elements of all KV heads' keys");
    private static final PolicyOption OUTLIERS = PolicyOption.real(
            "outliers", 0.16, 0, 0.9, "share of the budget for the chunks that their mean key represents worst");

    private static final PolicyInfo INFO = new PolicyInfo(
            "recall.shadowkv",
            "keys in low rank; attends to chunks whose mean key the query ranks high, and their values come back",
            "Sun et al., ShadowKV: KV Cache in Shadows for High-Throughput Long-Context LLM Inference, 2024",
            List.of(
                    Ability.EVICTS,
                    Ability.RECALLS,
                    Ability.CHOOSES,
                    Ability.QUERIES,
                    Ability.KEYS,
                    Ability.QUANTISES,
                    Ability.GROWS),
            List.of(CHUNK, RANK, OUTLIERS));

    /** The policy. */
    public ShadowKv() {}

    @Override
    public PolicyInfo info() {
        return INFO;
    }

    @Override
    public LayerPolicy begin(LayerSetting setting) {
        var options = setting.options();
        var chunk = options.whole(CHUNK.name());
        var outliers = (int) (setting.budget() * options.real(OUTLIERS.name())) / chunk;
        // The last chunks, and the tokens after them that make no whole one.
        var least = (LOCAL_CHUNKS + outliers + 2) * chunk - 1;
        TokenSets.require(this, setting, least, "the last chunks, the outliers and one chosen chunk");
        var width = setting.kvHeads() * setting.headDim();
        var rank = Math.clamp(Math.round(width * options.real(RANK.name())), 1, width);
        return new ShadowLayer(setting, chunk, outliers, rank);
    }
}
