package io.arkvale.experiments.simulate;

import io.arkvale.experiments.simulate.cost.PolicyCost;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Policies at several lengths and budgets, each beside full attention.
 *
 * @param rows full attention first for each length, then each policy with each budget
 */
public record Simulation(List<Row> rows) {
    /**
     * One policy with one budget at one length.
     *
     * @param policy the policy
     * @param tokens tokens of each sequence
     * @param budget tokens kept in a limited layer, or null without a limit
     * @param batch sequences of the step in question
     * @param time of a step of this batch
     * @param speedup full attention's time of a step of this batch over this one
     * @param memory of this batch, with room for the tokens to come
     * @param largest what fits into the memory limit
     */
    public record Row(
            PolicyCost policy,
            long tokens,
            @Nullable Integer budget,
            int batch,
            StepTime time,
            double speedup,
            MemoryUse memory,
            Largest largest) {}

    /**
     * The largest batch within the memory limit.
     *
     * @param batch sequences; 0 if none fits, and then nothing else has a value
     * @param time of its step
     * @param tokensPerSecond of the whole batch
     * @param gain over full attention's tokens per second with its own largest batch
     */
    public record Largest(
            int batch,
            @Nullable StepTime time,
            @Nullable Double tokensPerSecond,
            @Nullable Double gain) {}

    /** Copies the rows. */
    public Simulation {
        rows = List.copyOf(rows);
    }

    /**
     * Runs the model.
     *
     * @param settings gives the setting of a length, whose budget is replaced by each of the budgets
     * @param budgets tokens kept in a limited layer
     */
    public static Simulation run(
            CostModel model,
            List<PolicyCost> policies,
            Settings settings,
            int batch,
            List<Long> lengths,
            List<Integer> budgets,
            MemoryLimit limit) {
        var rows = new ArrayList<Row>();
        for (long tokens : lengths) {
            var any = settings.of(tokens, budgets.getFirst());
            var fullTime = model.step(PolicyCost.FULL, any, batch, tokens);
            var fullLargest = largest(model, PolicyCost.FULL, any, tokens, limit, null);
            var grown = Math.addExact(tokens, limit.generated());
            rows.add(new Row(
                    PolicyCost.FULL,
                    tokens,
                    null,
                    batch,
                    fullTime,
                    1,
                    model.memory(PolicyCost.FULL, any, batch, grown),
                    fullLargest));
            for (var policy : policies) {
                for (int budget : policy == PolicyCost.FULL ? List.<Integer>of() : budgets) {
                    var setting = settings.of(tokens, budget);
                    var time = model.step(policy, setting, batch, tokens);
                    rows.add(new Row(
                            policy,
                            tokens,
                            budget,
                            batch,
                            time,
                            fullTime.total() / time.total(),
                            model.memory(policy, setting, batch, grown),
                            largest(model, policy, setting, tokens, limit, fullLargest.tokensPerSecond())));
                }
            }
        }
        return new Simulation(rows);
    }

    /** The setting of a length and a budget; recalls may depend on both. */
    @FunctionalInterface
    public interface Settings {
        /** The setting. */
        CacheSetting of(long tokens, int budget);
    }

    private static Largest largest(
            CostModel model,
            PolicyCost policy,
            CacheSetting setting,
            long tokens,
            MemoryLimit limit,
            @Nullable Double fullTokensPerSecond) {
        var batch = limit.largestBatch(model, policy, setting, tokens);
        if (batch == 0) {
            return new Largest(0, null, null, null);
        }
        var time = model.step(policy, setting, batch, tokens);
        var rate = batch / time.total();
        if (policy == PolicyCost.FULL) {
            return new Largest(batch, time, rate, 1.0);
        }
        return new Largest(batch, time, rate, fullTokensPerSecond == null ? null : rate / fullTokensPerSecond);
    }

    /** The largest and the mean gains over full attention, of the rows that have a budget. */
    public Gains gains() {
        var limited = rows.stream().filter(row -> row.budget() != null).toList();
        var speedups = limited.stream().mapToDouble(Row::speedup).summaryStatistics();
        var throughputs = limited.stream()
                .map(row -> row.largest().gain())
                .filter(gain -> gain != null)
                .mapToDouble(gain -> gain)
                .summaryStatistics();
        return new Gains(speedups.getMax(), speedups.getAverage(), throughputs.getMax(), throughputs.getAverage());
    }

    /**
     * Gains over full attention.
     *
     * @param mostSpeedup how many times faster a step is, at most
     * @param meanSpeedup on average
     * @param mostThroughput times as many tokens per second, at most
     * @param meanThroughput on average
     */
    public record Gains(double mostSpeedup, double meanSpeedup, double mostThroughput, double meanThroughput) {}
}
