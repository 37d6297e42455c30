package io.arkvale.experiments.simulate;

/** Policies that keep everything and attend to a part, as many tokens as the budget. */
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
                Work.NONE,
                Work.of(vectors * model.keyBytes(), vectors * model.attentionOperations() / 2, Launches.ESTIMATE),
                Work.of(0, 0, Launches.SELECT),
                Work.NONE,
                Work.of(
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
                Work.NONE,
                Work.of(
                        SPARQ_SHARE * tokens * model.keyBytes(),
                        SPARQ_SHARE * tokens * model.attentionOperations() / 2,
                        SPARQ_ESTIMATE),
                Work.of(0, 0, Launches.SELECT),
                Work.NONE,
                PolicyCost.attention(model, setting.budget()),
                tokens * (model.tokenBytes() + model.keyBytes()),
                0,
                0);
    }
}
