package io.arkvale.experiments.observe;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.policy.page.DigestKind;
import io.arkvale.experiments.policy.page.Digests;
import io.arkvale.experiments.policy.page.described.DescribedKind;
import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.result.Rounding;
import io.arkvale.llama.attention.AttentionShape;
import io.arkvale.llama.attention.KeyValueStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Of the pages that a budget has room for beside two first and two last ones, how many of the truly best each digest
 * finds, and how much of the attention's mass they hold; for one choice per layer and for a choice per group of KV heads,
 * with half of the budget attended and with all of it. Every digest is asked in the same steps. Numbers of a described
 * digest that are not in few bits are F16.
 */
final class DigestFrontier implements Watcher {
    /** Neighbouring steps look alike; of every so many, one is asked. */
    private static final int EVERY = 4;

    private static final int SINK = 2;
    private static final int WINDOW = 2;
    /** The most tokens that half of a budget attends to. */
    private static final int MOST_OF_HALF = 1280;

    private static final String HALF = "half";
    private static final String BUDGET = "budget";
    /** Ranks pages by their exact scores. */
    private static final String EXACT = "exact";

    private record Cell(int budget, String attended, int headGroups, int picks) {}

    private record Row(Cell cell, String digest, @Nullable Double bits, Sums sums) {}

    private static final List<Metric<Row>> COLUMNS = List.of(
            Metric.of("budget", row -> row.cell().budget()),
            Metric.of("attended", row -> row.cell().attended()),
            Metric.of("head_groups", row -> row.cell().headGroups()),
            Metric.of("picks", row -> row.cell().picks()),
            Metric.of("digest", Row::digest),
            Metric.of("bits_per_channel", row -> row.bits() == null ? null : Rounding.to(2, row.bits())),
            Metric.of("found", row -> Rounding.to(4, row.sums().found / row.sums().choices)),
            Metric.of("best_found", row -> Rounding.to(4, row.sums().bestFound / row.sums().choices)),
            Metric.of("mass", row -> Rounding.to(4, row.sums().mass / row.sums().choices)),
            Metric.of("choices", row -> row.sums().choices));

    private final AttentionShape shape;
    private final int pageSize;
    private final int denseLayers;
    private final List<String> names;
    private final List<OwnDigest> digests;
    private final List<Cell> cells = new ArrayList<>();
    /** {@code [digests, then the exact scores][cells]}. */
    private final Sums[][] sums;

    /**
     * Begins without pages.
     *
     * @throws UserException if the context is too short for a page to be chosen
     */
    DigestFrontier(
            AttentionShape shape,
            int pageSize,
            int denseLayers,
            Passage passage,
            List<String> names,
            List<Integer> budgets) {
        var least = (SINK + WINDOW + 1) * pageSize;
        if (passage.context() < least) {
            throw new UserException("the context has " + passage.context() + " tokens; a frontier needs at least "
                    + least + ", five pages");
        }
        this.shape = shape;
        this.pageSize = pageSize;
        this.denseLayers = denseLayers;
        this.names = names;
        digests = names.stream()
                .map(name -> new OwnDigest(kind(name), shape, pageSize, denseLayers))
                .toList();
        for (int budget : budgets) {
            var pages = budget / pageSize;
            var half = Math.max(SINK + WINDOW, Math.min(MOST_OF_HALF, budget / 2) / pageSize);
            for (int groups = 1; groups <= shape.kvHeads(); groups++) {
                if (shape.kvHeads() % groups == 0) {
                    cells.add(new Cell(budget, HALF, groups, half - SINK - (WINDOW - 1)));
                    cells.add(new Cell(budget, BUDGET, groups, pages - 1 - SINK - (WINDOW - 1)));
                }
            }
        }
        sums = new Sums[names.size() + 1][cells.size()];
        for (var ofDigest : sums) {
            Arrays.setAll(ofDigest, cell -> new Sums());
        }
    }

    /** A description goes before a name of the laboratory's, whose whole numbers are float32. */
    private static DigestKind kind(String name) {
        return DescribedKind.parse(name).orElseGet(() -> Digests.named(name));
    }

    @Override
    public void begin(KeyValueStore context) {
        digests.parallelStream().forEach(digest -> digest.begin(context));
    }

    @Override
    public void watch(LayerAttention attention) {
        if (attention.layer() < denseLayers) {
            return;
        }
        digests.forEach(digest -> digest.add(attention.layer(), attention.keys()));
        if (attention.step() % EVERY == 0) {
            var heads = shape.queryHeads();
            var exact = new double[heads][];
            var masses = new double[heads][];
            for (int head = 0; head < heads; head++) {
                exact[head] = attention.pageScores(head, pageSize);
                masses[head] = attention.pageMasses(head, pageSize);
            }
            var truths = cells.stream().map(cell -> truths(cell, exact, masses)).toList();
            IntStream.rangeClosed(0, digests.size()).parallel().forEach(number -> {
                var scores = number == digests.size()
                        ? exact
                        : digests.get(number).headScores(attention.layer(), attention.queries());
                for (int cell = 0; cell < cells.size(); cell++) {
                    count(truths.get(cell), scores, cells.get(cell), sums[number][cell]);
                }
            });
        }
    }

    /**
     * What full attention says of a choice.
     *
     * @param best the pages of the highest exact scores, the best first
     * @param mass {@code [pages]}, mean over the heads that share the choice
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Truth(int[] best, double[] mass) {}

    /** Of every choice of a cell. */
    private List<Truth> truths(Cell cell, double[][] scores, double[][] masses) {
        var size = shape.queryHeads() / cell.headGroups();
        var pages = masses[0].length;
        var truths = new ArrayList<Truth>();
        for (int first = 0; first < shape.queryHeads(); first += size) {
            truths.add(new Truth(picked(mean(scores, first, size), pages, cell.picks()), mean(masses, first, size)));
        }
        return truths;
    }

    private void count(List<Truth> truths, double[][] scores, Cell cell, Sums sum) {
        var size = shape.queryHeads() / cell.headGroups();
        for (int group = 0; group < truths.size(); group++) {
            var best = truths.get(group).best();
            var mass = truths.get(group).mass();
            var pages = mass.length;
            var taken = picked(mean(scores, group * size, size), pages, cell.picks());
            var isTaken = new boolean[pages];
            Arrays.fill(isTaken, 0, SINK, true);
            Arrays.fill(isTaken, pages - WINDOW, pages, true);
            Arrays.stream(taken).forEach(page -> isTaken[page] = true);
            sum.found += Arrays.stream(best).filter(page -> isTaken[page]).count() * 1.0 / best.length;
            sum.bestFound += isTaken[best[0]] ? 1 : 0;
            sum.mass += IntStream.range(0, pages)
                    .filter(page -> isTaken[page])
                    .mapToDouble(page -> mass[page])
                    .sum();
            sum.choices++;
        }
    }

    /** The pages of the highest score between the first and the last ones, the best first. */
    private static int[] picked(double[] scores, int pages, int picks) {
        var between = Arrays.copyOfRange(scores, SINK, pages - WINDOW);
        return Arrays.stream(Ranking.descending(between))
                .limit(picks)
                .map(page -> page + SINK)
                .toArray();
    }

    private static double[] mean(double[][] rows, int first, int count) {
        var mean = new double[rows[0].length];
        for (int row = first; row < first + count; row++) {
            for (int i = 0; i < mean.length; i++) {
                mean[i] += rows[row][i] / count;
            }
        }
        return mean;
    }

    @Override
    public Report report() {
        var rows = new ArrayList<Row>();
        for (int cell = 0; cell < cells.size(); cell++) {
            for (int number = 0; number <= names.size(); number++) {
                var isExact = number == names.size();
                rows.add(new Row(
                        cells.get(cell),
                        isExact ? EXACT : names.get(number),
                        isExact ? null : digests.get(number).bitsPerChannel(),
                        sums[number][cell]));
            }
        }
        return Report.of(COLUMNS, rows);
    }

    /** Over choices: steps, layers and groups. */
    private static final class Sums {
        private double found;
        private double bestFound;
        private double mass;
        private int choices;
    }
}
