package io.arkvale.experiments.result;

import io.arkvale.experiments.report.Metric;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * How near a run's attention came to full attention over all that the run has seen, with the run's own queries: means
 * over the steps compared and the limited layers. Not a number where no step was compared.
 *
 * @param outputError distance of the layer's attention output from the full one, relative to the length of that
 * @param recoveredMass full attention's probability on the tokens that took part, mean over query heads
 * @param topPages of the pages with the largest scores, as many as the tokens that took part would fill, the share whose
 *     best token took part; mean over query heads
 */
public record Fidelity(double outputError, double recoveredMass, double topPages) {
    /** Full attention, which is itself. */
    public static final Fidelity FULL = new Fidelity(0, 1, 1);

    /** The columns of a report whose rows have a fidelity. */
    public static <R> List<Metric<R>> metrics(Function<R, Fidelity> fidelity) {
        return List.of(
                Metric.of("output_error", row -> number(fidelity.apply(row).outputError())),
                Metric.of("recovered_mass", row -> number(fidelity.apply(row).recoveredMass())),
                Metric.of("top_pages_found", row -> number(fidelity.apply(row).topPages())));
    }

    private static @Nullable BigDecimal number(double value) {
        return Double.isNaN(value) ? null : Rounding.to(4, value);
    }

    /** The mean of those that compared anything. */
    public static Fidelity mean(List<Fidelity> all) {
        return new Fidelity(
                mean(all, Fidelity::outputError), mean(all, Fidelity::recoveredMass), mean(all, Fidelity::topPages));
    }

    private static double mean(List<Fidelity> all, ToDoubleFunction<Fidelity> part) {
        return all.stream()
                .mapToDouble(part)
                .filter(value -> !Double.isNaN(value))
                .average()
                .orElse(Double.NaN);
    }
}
