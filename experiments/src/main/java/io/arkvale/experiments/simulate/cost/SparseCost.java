package io.arkvale.experiments.simulate.cost;

import io.arkvale.experiments.simulate.CacheSetting;
import io.arkvale.experiments.simulate.description.LanguageModel;

/** Policies that keep more than the budget and attend to a part. */
final class SparseCost {
    /** Quest's page (Tang et al., 2024, section 4.1) and the vectors of its box. */
    private static final int QUEST_PAGE = 16;

    private static final int BOX_VECTORS = 2;

    /** Share of a key's elements that SparQ reads: 32 of 128 (Ribar et al., 2024, section 4). */
    private static final double SPARQ_SHARE = 0.25;

    /** SparQ's choice of elements, products, softmax. */
    private static final int SPARQ_ESTIMATE = 3;

    private SparseCost() {}

    /** Each query head chooses pages of its own, so that heads of one group read them apart. */
    static LayerCost quest(LanguageModel model, CacheSetting setting, long tokens) {
        var vectors = (double) (tokens / QUEST_PAGE * BOX_VECTORS);
        var readers = model.queryHeads() / model.kvHeads();
        return new LayerCost(
                KernelWork.NONE,
                KernelWork.of(vectors * model.keyBytes(), vectors * model.attentionOperations() / 2, Launches.ESTIMATE),
                KernelWork.of(0, 0, Launches.SELECT),
                KernelWork.NONE,
                KernelWork.of(
                        readers * setting.budget() * model.tokenBytes(),
                        setting.budget() * model.attentionOperations(),
                        Launches.ATTENTION),
                tokens * model.tokenBytes(),
                vectors * model.keyBytes(),
                0);
    }

    /** Keys are kept twice, by token and by element, so that some of their elements can be read by themselves. */
    static LayerCost sparQ(LanguageModel model, CacheSetting setting, long tokens) {
        return new LayerCost(
                KernelWork.NONE,
                KernelWork.of(
                        SPARQ_SHARE * tokens * model.keyBytes(),
                        SPARQ_SHARE * tokens * model.attentionOperations() / 2,
                        SPARQ_ESTIMATE),
                KernelWork.of(0, 0, Launches.SELECT),
                KernelWork.NONE,
                PolicyCost.attention(model, setting.budget()),
                tokens * (model.tokenBytes() + model.keyBytes()),
                0,
                0);
    }

    /**
     * With a compression of {@code C = tokens / budget} the first stage keeps {@code tokens / C^s}, {@code s = min(0.2 +
     * 0.06 log2 C, 0.8)}; runs of the root of what is left have extremes, of which a query reads its largest elements
     * (Behnam et al., 2025, sections 3.2 to 3.4).
     */
    static LayerCost rocketKv(LanguageModel model, CacheSetting setting, long tokens) {
        var compression = (double) tokens / setting.budget();
        var exponent = Math.min(0.2 + 0.06 * Math.log(compression) / Math.log(2), 0.8);
        var kept = Math.floor(tokens / Math.pow(compression, exponent));
        var left = kept / setting.budget();
        var root = Math.ceil(Math.sqrt(left));
        var run = root <= left ? root : 1;
        var runs = Math.ceil(kept / run);
        var share = Math.floor(model.headDim() * run / left) / model.headDim();
        return new LayerCost(
                KernelWork.NONE,
                KernelWork.of(
                        share * runs * model.keyBytes(),
                        share * runs * model.attentionOperations() / 2,
                        SPARQ_ESTIMATE),
                KernelWork.of(0, 0, Launches.SELECT),
                KernelWork.NONE,
                PolicyCost.attention(model, setting.budget() / 2),
                kept * model.tokenBytes(),
                BOX_VECTORS * runs * model.keyBytes(),
                0);
    }
}
