package io.arkvale.experiments.simulate;

import io.arkvale.api.Scope;
import io.arkvale.experiments.simulate.cost.PolicyCost;
import io.arkvale.experiments.simulate.description.Gpu;
import io.arkvale.experiments.simulate.description.LanguageModel;
import io.arkvale.experiments.simulate.description.Software;

/**
 * A decode step of a whole model that was timed on a GPU.
 *
 * @param batch sequences
 * @param tokens of each
 * @param budget tokens kept in a limited layer; 0 for full attention
 * @param recalls pages recalled per limited layer, sequence and step
 * @param seconds that it took
 */
public record MeasuredStep(
        LanguageModel model,
        int batch,
        long tokens,
        int budget,
        int denseLayers,
        int pageSize,
        double recalls,
        double seconds) {
    private static final int SINK_PAGES = 2;
    private static final int WINDOW_PAGES = 2;

    /** Seconds that the cost model gives it. */
    double simulated(Gpu gpu, double launchCost) {
        boolean limited = budget > 0;
        int kept = limited ? budget : (SINK_PAGES + WINDOW_PAGES + 1) * pageSize; // full attention does not look at it
        var setting = new CacheSetting(
                kept,
                pageSize,
                SINK_PAGES,
                WINDOW_PAGES,
                denseLayers,
                Scope.ATTENDED,
                limited ? Math.min(recalls, (double) budget / pageSize) : 0,
                false);
        return new CostModel(gpu, model, 1, Software.GRAPH, launchCost)
                .step(limited ? PolicyCost.ARKVALE : PolicyCost.FULL, setting, batch, tokens)
                .total();
    }
}
