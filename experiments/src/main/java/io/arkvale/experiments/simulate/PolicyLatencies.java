package io.arkvale.experiments.simulate;

import io.arkvale.experiments.simulate.cost.PolicyCost;
import java.util.List;

/** The replies' figure 2: latency of a decode step under each policy. */
public final class PolicyLatencies {
    private PolicyLatencies() {}

    /**
     * Every policy at some lengths with one budget, in the paper's setting.
     *
     * @param batch sequences
     * @param lengths tokens of each
     * @param budget tokens kept, or attended to, in a limited layer
     */
    public static Simulation simulate(CostModel model, int batch, List<Long> lengths, int budget) {
        return Simulation.run(
                model,
                List.of(PolicyCost.values()),
                Figure9.paperRecalls(model.model()),
                batch,
                lengths,
                List.of(budget),
                MemoryLimit.PAPER);
    }
}
