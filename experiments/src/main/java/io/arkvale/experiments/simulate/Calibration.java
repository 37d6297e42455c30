package io.arkvale.experiments.simulate;

import io.arkvale.experiments.simulate.description.Gpu;
import java.util.List;

/**
 * How far the cost model is from steps that were measured, with a GPU's constants as described and with the two that are
 * fitted to these steps: those that software decides.
 *
 * @param memoryFraction of the memory's bandwidth, fitted
 * @param launchCost of an operation, µs, fitted
 * @param described the error with the description's own constants
 * @param fitted the error with the two
 */
public record Calibration(double memoryFraction, double launchCost, Errors described, Errors fitted) {
    private static final int FRACTIONS = 100;

    /** Steps of the launch cost up to that of PyTorch's operations. */
    private static final int LAUNCH_COSTS = 130;

    /**
     * Deviations of simulated from measured times, as shares of these.
     *
     * @param mean of their magnitudes
     * @param most the largest
     */
    public record Errors(double mean, double most) {}

    /** Fits the two constants so that the mean deviation is least. At least one step. */
    public static Calibration of(Gpu gpu, List<MeasuredStep> steps) {
        var described = errors(gpu, gpu.graphLaunchCost(), steps);
        var best = new Calibration(gpu.memoryFraction(), gpu.graphLaunchCost(), described, described);
        for (int i = FRACTIONS / 2; i <= FRACTIONS; i++) {
            double fraction = (double) i / FRACTIONS;
            for (int j = 0; j <= LAUNCH_COSTS; j++) {
                double cost = gpu.launchCost() * j / LAUNCH_COSTS;
                var errors = errors(gpu.withMemoryFraction(fraction), cost, steps);
                if (errors.mean() < best.fitted().mean()) {
                    best = new Calibration(fraction, cost, described, errors);
                }
            }
        }
        return best;
    }

    private static Errors errors(Gpu gpu, double launchCost, List<MeasuredStep> steps) {
        var deviations = steps.stream()
                .mapToDouble(step -> Math.abs(step.simulated(gpu, launchCost) / step.seconds() - 1))
                .summaryStatistics();
        return new Errors(deviations.getAverage(), deviations.getMax());
    }
}
