package io.arkvale.experiments.simulate;

import io.arkvale.experiments.simulate.Simulation.Gains;
import java.util.List;
import java.util.Map;

/** The paper's figure 9: latency of LongChat-7B on the A100 by part, and throughput with 40 GB for keys and values. */
public final class Figure9 {
    /** Budgets of the figure, tokens. */
    public static final List<Integer> BUDGETS = List.of(512, 1024, 2048, 4096);

    /** Pages recalled per step and sequence, all layers together: "under 10", 5 MB (section 5.1, figure 4b). */
    public static final double RECALLS_PER_STEP = 10;

    /** Gains that the paper states (abstract and section 6.5). */
    public static final Gains PAPER = new Gains(2.2, 1.7, 4.6, 3.5);

    /** Heights of the figure's bars, as drawn: ms per step, by length; budgets in order, then full attention. */
    public static final Map<Long, List<Double>> PAPER_LATENCIES = Map.of(
            10_000L, List.of(21.77, 22.78, 23.72, 25.25, 31.07),
            20_000L, List.of(23.55, 24.37, 25.80, 28.06, 41.80),
            30_000L, List.of(23.30, 24.51, 25.71, 27.49, 55.86));

    /** The same for throughput, in the figure's relative unit. */
    public static final Map<Long, List<Double>> PAPER_THROUGHPUTS = Map.of(
            10_000L, List.of(411.1, 369.9, 308.4, 275.3, 137.0),
            20_000L, List.of(346.9, 306.2, 261.7, 243.0, 67.5),
            30_000L, List.of(345.1, 296.3, 284.0, 227.3, 65.5));

    private Figure9() {}
}
