package io.arkvale.experiments.observe;

import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.report.Report;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Where each page of the context stands among all filled pages from step to step (the paper's figure 4a). */
final class PageRanks implements Watcher {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Row(int layer, int page, int pages, int every, int[] ranks) {
        int best() {
            return Arrays.stream(ranks).min().orElseThrow();
        }

        int worst() {
            return Arrays.stream(ranks).max().orElseThrow();
        }
    }

    private static final List<Metric<Row>> COLUMNS = List.of(
            Metric.of("layer", Row::layer),
            Metric.of("page", Row::page),
            Metric.of("pages", Row::pages),
            Metric.of("best", Row::best),
            Metric.of("worst", Row::worst),
            Metric.of("every", Row::every),
            Metric.of(
                    "ranks",
                    row -> IntStream.of(row.ranks()).mapToObj(Integer::toString).collect(Collectors.joining(" "))));

    private final int pageSize;
    private final int every;
    private final int denseLayers;
    /** {@code [layers][steps][pages]}. */
    private final List<List<int[]>> ranks = new ArrayList<>();

    /** Takes note of every {@code every}th step in the layers after the dense ones. */
    PageRanks(int pageSize, int every, int denseLayers) {
        this.pageSize = pageSize;
        this.every = every;
        this.denseLayers = denseLayers;
    }

    @Override
    public void watch(LayerAttention attention) {
        var layer = attention.layer() - denseLayers;
        if (layer < 0 || attention.step() % every != 0) {
            return;
        }
        if (layer == ranks.size()) {
            ranks.add(new ArrayList<>());
        }
        ranks.get(layer).add(ranks(attention.pageScores(pageSize)));
    }

    /** The rank of each page, 1 for the largest score; ties to the lower page. */
    static int[] ranks(double[] scores) {
        var order = Ranking.descending(scores);
        var ranks = new int[order.length];
        for (int rank = 0; rank < order.length; rank++) {
            ranks[order[rank]] = rank + 1;
        }
        return ranks;
    }

    @Override
    public Report report() {
        var rows = new ArrayList<Row>();
        for (int layer = 0; layer < ranks.size(); layer++) {
            var steps = ranks.get(layer);
            // Pages that fill on the way have no rank in the first steps.
            for (int page = 0; page < steps.getFirst().length; page++) {
                var number = page;
                var row = steps.stream().mapToInt(step -> step[number]).toArray();
                rows.add(new Row(denseLayers + layer, page, steps.getLast().length, every, row));
            }
        }
        return Report.of(COLUMNS, rows);
    }
}
