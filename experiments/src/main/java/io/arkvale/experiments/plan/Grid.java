package io.arkvale.experiments.plan;

import io.arkvale.experiments.policy.PolicyChoice;
import java.util.ArrayList;
import java.util.List;

/**
 * Policies times budgets. A policy that knows no budget is run once and stands in all of its cells.
 *
 * @param runs what is run
 * @param cells policies in order, budgets in order within a policy
 */
public record Grid(List<RunSpec> runs, List<Cell> cells) {
    /**
     * One combination.
     *
     * @param run index of the run that serves it
     */
    public record Cell(PolicyChoice policy, int budget, int run) {}

    /** All combinations. */
    public static Grid of(List<PolicyChoice> policies, List<Integer> budgets, int denseLayers) {
        var runs = new ArrayList<RunSpec>();
        var cells = new ArrayList<Cell>();
        for (var policy : policies) {
            for (int budget : budgets) {
                var repeated = !policy.policy().knowsBudget() && budget != budgets.getFirst();
                if (!repeated) {
                    runs.add(new RunSpec(policy, budget, denseLayers));
                }
                cells.add(new Cell(policy, budget, runs.size() - 1));
            }
        }
        return new Grid(List.copyOf(runs), List.copyOf(cells));
    }
}
