package io.arkvale.experiments.simulate;

import io.arkvale.api.Scope;
import io.arkvale.experiments.simulate.cost.PolicyCost;
import java.util.List;

/**
 * The setting of the paper's figure 9: pages of 32, two sink and two window pages, two dense layers, four sequences;
 * attention over all resident pages, and recalls that attention waits for, as in the authors' code.
 */
public final class PaperSetting {
    /** Lengths of the figure, tokens. */
    public static final List<Long> LENGTHS = List.of(10_000L, 20_000L, 30_000L);

    private static final int BATCH = 4;
    private static final int DENSE_LAYERS = 2;

    private PaperSetting() {}

    /** With that many pages recalled per limited layer, sequence and step. */
    public static CacheSetting of(int budget, double recalls) {
        return new CacheSetting(budget, 32, 2, 2, DENSE_LAYERS, Scope.RESIDENT, recalls, false);
    }

    /** Simulates policies, with the paper's recalls spread over the limited layers. */
    public static Simulation simulate(
            CostModel costs, List<PolicyCost> policies, List<Long> lengths, List<Integer> budgets) {
        var recalls = Figure9.RECALLS_PER_STEP / (costs.model().layers() - DENSE_LAYERS);
        return Simulation.run(
                costs, policies, (tokens, budget) -> of(budget, recalls), BATCH, lengths, budgets, MemoryLimit.PAPER);
    }

    /** Simulates the figure: ArkVale beside full attention. */
    public static Simulation figure(CostModel costs) {
        return simulate(costs, List.of(PolicyCost.ARKVALE), LENGTHS, Figure9.BUDGETS);
    }
}
