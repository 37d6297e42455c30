package io.arkvale.experiments.simulate;

import io.arkvale.experiments.UserException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Recalls that an experiment counted, from the CSV file of its results.
 *
 * @param file its name, for messages
 * @param rates what it counted
 */
public record RecallRates(String file, List<Rate> rates) {
    private static final String POLICY = "policy";
    private static final String BUDGET = "budget";
    private static final String TOKENS = "prompt_tokens";
    private static final String RECALLS = "recalled_pages_per_step";
    private static final String ARKVALE = "arkvale";

    /**
     * One row.
     *
     * @param tokens tokens of the prompt
     * @param budget tokens kept in a limited layer
     * @param pages recalled per limited layer, sequence and step
     */
    public record Rate(long tokens, int budget, double pages) {}

    /** Copies the rates. */
    public RecallRates {
        rates = List.copyOf(rates);
    }

    /**
     * Reads the rows of policy {@code arkvale}.
     *
     * @param file its name, for messages
     * @param csv its content
     * @param limitedLayers layers with a budget in the model that was run, whose recalls the file adds up
     * @throws UserException if the columns are not there or hold no numbers
     */
    public static RecallRates read(String file, String csv, int limitedLayers) {
        var rates = new ArrayList<Rate>();
        for (var row : Csv.rows(csv)) {
            if (cell(file, row, POLICY).equals(ARKVALE)) {
                rates.add(new Rate(
                        (long) number(file, row, TOKENS),
                        (int) number(file, row, BUDGET),
                        number(file, row, RECALLS) / limitedLayers));
            }
        }
        if (rates.isEmpty()) {
            throw new UserException("result file " + file + " has no row of policy " + ARKVALE);
        }
        return new RecallRates(file, rates);
    }

    /**
     * Pages recalled per limited layer, sequence and step, as counted with this budget at the nearest length.
     *
     * @throws UserException if the budget was not run
     */
    public double of(long tokens, int budget) {
        return rates.stream()
                .filter(rate -> rate.budget() == budget)
                .min(Comparator.comparingLong(rate -> Math.abs(rate.tokens() - tokens)))
                .orElseThrow(() -> new UserException("result file " + file + " has no recalls with budget " + budget
                        + "; budgets: "
                        + rates.stream().map(Rate::budget).distinct().sorted().toList()))
                .pages();
    }

    private static double number(String file, Map<String, String> row, String column) {
        var text = cell(file, row, column);
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new UserException("result file " + file + ": " + column + " is '" + text + "'; allowed: a number", e);
        }
    }

    private static String cell(String file, Map<String, String> row, String column) {
        var text = row.get(column);
        if (text == null) {
            throw new UserException("result file " + file + " lacks the column " + column);
        }
        return text;
    }
}
