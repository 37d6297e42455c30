package io.arkvale.experiments.cli.task;

import io.arkvale.experiments.report.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The shape of the paper's table 1: one row per policy, one column per budget.
 *
 * @param budgets the columns
 * @param policy reads the policy off a result
 */
public record BudgetTable<R>(List<Integer> budgets, Function<R, String> policy) {
    /** Results by policy, and within a policy by budget, each shown as {@code cell} says. */
    public TextTable of(List<R> results, Function<R, String> cell) {
        var heading = new ArrayList<>(List.of("policy"));
        budgets.forEach(budget -> heading.add(Integer.toString(budget)));
        var table = new TextTable(heading);
        for (int first = 0; first < results.size(); first += budgets.size()) {
            var row = new ArrayList<>(List.of(policy.apply(results.get(first))));
            results.subList(first, first + budgets.size()).stream().map(cell).forEach(row::add);
            table.row(row);
        }
        return table;
    }
}
