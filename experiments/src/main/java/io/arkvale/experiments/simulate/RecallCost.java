package io.arkvale.experiments.simulate;

/** Policies that bring evicted tokens back. */
final class RecallCost {
    /** A cuboid is two vectors of a key's size. */
    private static final int DIGEST_VECTORS = 2;

    /** InfLLM's block and the keys that stand for it (Xiao et al., 2024, section 3). */
    private static final int BLOCK = 128;

    private static final int REPRESENTATIVES = 4;

    private RecallCost() {}

    static LayerCost arkVale(LanguageModel model, CacheSetting setting, long tokens) {
        var filledPages = tokens / setting.pageSize();
        var perToken = 1.0 / setting.pageSize();
        var digestBytes = filledPages * DIGEST_VECTORS * model.keyBytes();
        return new LayerCost(
                new Work(0, 0, Launches.FILLED_PAGE * perToken, Launches.FILLED_PAGE_SEQUENCE * perToken),
                scores(model, (double) (filledPages * DIGEST_VECTORS)),
                Work.of(0, 0, Launches.SELECT),
                recall(model, setting),
                PolicyCost.attention(model, setting.attendedTokens()),
                // One slot to spare: a page that the new token opens has to wait for the next select.
                (setting.budget() + setting.pageSize()) * model.tokenBytes(),
                digestBytes,
                filledPages * setting.pageSize() * model.tokenBytes());
    }

    static LayerCost infLlm(LanguageModel model, CacheSetting setting, long tokens) {
        var vectors = (double) (tokens / BLOCK * REPRESENTATIVES);
        return new LayerCost(
                Work.NONE,
                scores(model, vectors),
                Work.of(0, 0, Launches.SELECT),
                recall(model, setting),
                PolicyCost.attention(model, setting.budget()),
                setting.budget() * model.tokenBytes(),
                vectors * model.keyBytes(),
                tokens * model.tokenBytes());
    }

    private static Work scores(LanguageModel model, double vectors) {
        return Work.of(vectors * model.keyBytes(), vectors * model.attentionOperations() / 2, Launches.ESTIMATE);
    }

    private static Work recall(LanguageModel model, CacheSetting setting) {
        var pages = setting.recalls();
        return new Work(
                pages * setting.pageSize() * model.tokenBytes(),
                0,
                0,
                Launches.RECALL_SEQUENCE + pages * Launches.RECALL_PAGE);
    }
}
