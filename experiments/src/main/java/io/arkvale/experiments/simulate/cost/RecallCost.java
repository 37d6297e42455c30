package io.arkvale.experiments.simulate.cost;

import io.arkvale.experiments.simulate.CacheSetting;
import io.arkvale.experiments.simulate.description.LanguageModel;

/** Policies that bring evicted tokens back. */
final class RecallCost {
    /** A cuboid is two vectors of a key's size. */
    private static final int DIGEST_VECTORS = 2;

    /** InfLLM's block and the keys that stand for it (Xiao et al., 2024, section 3). */
    private static final int BLOCK = 128;

    private static final int REPRESENTATIVES = 4;

    /** ShadowKV's chunk, last chunks, and shares of outliers and of the rank (Sun et al., 2024, and the authors' code). */
    private static final int CHUNK = 8;

    private static final int LAST_CHUNKS = 4;
    private static final double OUTLIERS = 0.16;
    private static final double RANK = 0.15625;

    private RecallCost() {}

    /** Mean keys of all chunks are read; and one row of the factor per chosen token, each KV head for itself. */
    static LayerCost shadowKv(LanguageModel model, CacheSetting setting, long tokens) {
        var elements = (double) model.kvHeads() * model.headDim();
        var rank = Math.round(elements * RANK);
        var factor = rank * model.keyBytes();
        var row = rank * model.elementBytes();
        var outliers = (int) (setting.budget() * OUTLIERS) / CHUNK;
        var chosen = setting.budget() - (LAST_CHUNKS + outliers) * CHUNK;
        var chunks = tokens / CHUNK;
        return new LayerCost(
                KernelWork.NONE,
                KernelWork.of(
                        chunks * model.keyBytes() + model.kvHeads() * chosen * row + factor,
                        chunks * model.attentionOperations() / 2 + 2.0 * chosen * rank * elements,
                        Launches.ESTIMATE + 1),
                KernelWork.of(0, 0, Launches.SELECT),
                recall(setting, model.keyBytes()),
                PolicyCost.attention(model, setting.budget()),
                setting.budget() * model.tokenBytes(),
                tokens * row + factor + chunks * model.keyBytes(),
                tokens * model.keyBytes());
    }

    static LayerCost arkVale(LanguageModel model, CacheSetting setting, long tokens) {
        var filledPages = tokens / setting.pageSize();
        var perToken = 1.0 / setting.pageSize();
        var digestBytes = filledPages * DIGEST_VECTORS * model.keyBytes();
        return new LayerCost(
                new KernelWork(0, 0, Launches.FILLED_PAGE * perToken, Launches.FILLED_PAGE_SEQUENCE * perToken),
                scores(model, (double) (filledPages * DIGEST_VECTORS)),
                KernelWork.of(0, 0, Launches.SELECT),
                recall(setting, model.tokenBytes()),
                PolicyCost.attention(model, setting.attendedTokens()),
                // One slot to spare: a page that the new token opens has to wait for the next select.
                (setting.budget() + setting.pageSize()) * model.tokenBytes(),
                digestBytes,
                filledPages * setting.pageSize() * model.tokenBytes());
    }

    static LayerCost infLlm(LanguageModel model, CacheSetting setting, long tokens) {
        var vectors = (double) (tokens / BLOCK * REPRESENTATIVES);
        return new LayerCost(
                KernelWork.NONE,
                scores(model, vectors),
                KernelWork.of(0, 0, Launches.SELECT),
                recall(setting, model.tokenBytes()),
                PolicyCost.attention(model, setting.budget()),
                setting.budget() * model.tokenBytes(),
                vectors * model.keyBytes(),
                tokens * model.tokenBytes());
    }

    private static KernelWork scores(LanguageModel model, double vectors) {
        return KernelWork.of(vectors * model.keyBytes(), vectors * model.attentionOperations() / 2, Launches.ESTIMATE);
    }

    private static KernelWork recall(CacheSetting setting, double tokenBytes) {
        var pages = setting.recalls();
        return new KernelWork(
                pages * setting.pageSize() * tokenBytes, 0, 0, Launches.RECALL_SEQUENCE + pages * Launches.RECALL_PAGE);
    }
}
