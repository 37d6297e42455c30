package io.arkvale.experiments.observe;

import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.result.Rounding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How few pages hold most of the attention, layer by layer (the paper's figure 3). */
final class Sparsity implements Watcher {
    private static final double[] SHARES = {0.9, 0.95, 0.99};

    private record Row(int layer, double share, double pages, double pagesOfMean, double allPages, int steps) {}

    private static final List<Metric<Row>> COLUMNS = List.of(
            Metric.of("layer", Row::layer),
            Metric.of("share", Row::share),
            Metric.of("pages", row -> Rounding.to(2, row.pages())),
            Metric.of("pages_of_mean", row -> Rounding.to(2, row.pagesOfMean())),
            Metric.of("all_pages", row -> Rounding.to(1, row.allPages())),
            Metric.of("steps", Row::steps));

    private final int pageSize;
    private final List<Sums> layers = new ArrayList<>();

    Sparsity(int pageSize) {
        this.pageSize = pageSize;
    }

    @Override
    public void watch(LayerAttention attention) {
        if (attention.layer() == layers.size()) {
            layers.add(new Sums());
        }
        var sums = layers.get(attention.layer());
        var heads = attention.scores().length;
        var mean = new double[Math.ceilDiv(attention.tokens(), pageSize)];
        for (int head = 0; head < heads; head++) {
            var masses = attention.pageMasses(head, pageSize);
            Arrays.setAll(mean, page -> mean[page] + masses[page] / heads);
            for (int i = 0; i < SHARES.length; i++) {
                sums.pages[i] += pagesHolding(SHARES[i], masses) / (double) heads;
            }
        }
        for (int i = 0; i < SHARES.length; i++) {
            sums.pagesOfMean[i] += pagesHolding(SHARES[i], mean);
        }
        sums.allPages += mean.length;
        sums.steps++;
    }

    /** The fewest pages whose masses add up to at least a share of 1. */
    static int pagesHolding(double share, double[] masses) {
        var ascending = masses.clone();
        Arrays.sort(ascending);
        var held = 0.0;
        for (int count = 1; count <= ascending.length; count++) {
            held += ascending[ascending.length - count];
            if (held >= share) {
                return count;
            }
        }
        return ascending.length;
    }

    @Override
    public Report report() {
        var rows = new ArrayList<Row>();
        for (int layer = 0; layer < layers.size(); layer++) {
            var sums = layers.get(layer);
            for (int i = 0; i < SHARES.length; i++) {
                rows.add(new Row(
                        layer,
                        SHARES[i],
                        sums.pages[i] / sums.steps,
                        sums.pagesOfMean[i] / sums.steps,
                        sums.allPages / (double) sums.steps,
                        sums.steps));
            }
        }
        return Report.of(COLUMNS, rows);
    }

    /** Sums over the steps of a layer. */
    private static final class Sums {
        private final double[] pages = new double[SHARES.length];
        private final double[] pagesOfMean = new double[SHARES.length];
        private long allPages;
        private int steps;
    }
}
