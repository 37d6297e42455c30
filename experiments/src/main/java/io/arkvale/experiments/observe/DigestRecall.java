package io.arkvale.experiments.observe;

import io.arkvale.api.Backend;
import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.api.KvCache;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Step;
import io.arkvale.api.Tensor;
import io.arkvale.experiments.UserException;
import io.arkvale.experiments.engine.group.Handover;
import io.arkvale.experiments.policy.page.Digests;
import io.arkvale.experiments.report.Metric;
import io.arkvale.experiments.report.Report;
import io.arkvale.experiments.result.Rounding;
import io.arkvale.llama.attention.AttentionShape;
import io.arkvale.llama.attention.KeyValueStore;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How many of the pages with the largest scores each digest finds (the paper's figure 7). A backend makes and scores
 * those that it knows: one sequence per digest is fed the queries, keys and values of full attention. The others are
 * the laboratory's.
 */
final class DigestRecall implements Watcher {
    private static final int[] TOPS = {1, 2, 4, 8, 16, 32, 64};

    private record Row(int layer, String digest, int top, double found, Best best, double pages, int steps) {}

    /** How often a layer's best page was the first one or the last filled one, from 0 to 1. */
    private record Best(double first, double last) {}

    private static final List<Metric<Row>> COLUMNS = List.of(
            Metric.of("layer", Row::layer),
            Metric.of("digest", Row::digest),
            Metric.of("top", Row::top),
            Metric.of("found", row -> Rounding.to(4, row.found())),
            Metric.of("first_is_best", row -> Rounding.to(4, row.best().first())),
            Metric.of("last_is_best", row -> Rounding.to(4, row.best().last())),
            Metric.of("pages", row -> Rounding.to(1, row.pages())),
            Metric.of("steps", Row::steps));

    private final AttentionShape shape;
    private final int denseLayers;
    /** Names of all digests, the backend's first. */
    private final List<String> names = new ArrayList<>();

    private final List<OwnDigest> own = new ArrayList<>();
    private final KvCache cache;
    private final List<Sequence> sequences = new ArrayList<>();
    private final Tensor queries;
    private final Tensor keys;
    private final Tensor values;
    private final Tensor output;
    /** {@code [limited layers][digests][tops]}: shares found, summed over steps. */
    private final double[][][] found;

    /** {@code [limited layers]}: steps in which the first page, or the last filled one, was the best. */
    private final int[] firstBest;

    private final int[] lastBest;
    private long pages;
    private int steps;
    private @Nullable Step step;

    /**
     * Opens the cache.
     *
     * @throws UserException if the context is too short for the digests to be asked
     */
    DigestRecall(
            Backend backend,
            AttentionShape shape,
            int pageSize,
            int denseLayers,
            Passage passage,
            List<String> wanted) {
        this.shape = shape;
        this.denseLayers = denseLayers;
        // A backend's sequences need a digest even if none of its own is asked for.
        var digests = Arrays.stream(Digest.values())
                .filter(digest -> wanted.contains(word(digest)))
                .toList();
        var cached = digests.isEmpty() ? List.of(Digest.CENTROID) : digests;
        digests.forEach(digest -> names.add(word(digest)));
        for (var name : wanted) {
            if (!names.contains(name)) {
                names.add(name);
                own.add(new OwnDigest(Digests.named(name), shape, pageSize, denseLayers));
            }
        }
        var spec = CacheSpec.builder(shape.layers(), shape.queryHeads(), shape.kvHeads(), shape.headDim())
                .pageSize(pageSize);
        // As little as a sequence may hold, since what is attended to here is of no interest.
        var settings = cached.stream()
                .map(digest -> SequenceSpec.builder(pageSize)
                        .sinkPages(1)
                        .windowPages(1)
                        .budgetTokens(3 * pageSize)
                        .denseLayers(denseLayers)
                        .digest(digest)
                        .build())
                .toList();
        if (passage.context() < 4 * pageSize) {
            throw new UserException("the context has " + passage.context() + " tokens; digests are asked from "
                    + 4 * pageSize + " on, four pages");
        }
        settings.forEach(setting -> spec.roomFor(setting, passage.tokens().length, 1));
        found = new double[shape.layers() - denseLayers][names.size()][TOPS.length];
        firstBest = new int[found.length];
        lastBest = new int[found.length];
        cache = backend.open(spec.build());
        try {
            settings.forEach(setting -> sequences.add(cache.begin(setting)));
            queries = cache.allocateQueries(cached.size());
            keys = cache.allocateKeys(cached.size());
            values = cache.allocateKeys(cached.size());
            output = cache.allocateQueries(cached.size());
        } catch (Throwable failure) {
            cache.close();
            throw failure;
        }
    }

    @Override
    public void begin(KeyValueStore context) {
        Handover.ingest(cache, sequences, shape, context);
        own.forEach(digest -> digest.begin(context));
    }

    @Override
    public void watch(LayerAttention attention) {
        var current = step == null ? cache.step(Batch.decode(sequences)) : step;
        step = current;
        for (int i = 0; i < sequences.size(); i++) {
            queries.copyFrom(i, 1, MemorySegment.ofArray(attention.queries()));
            keys.copyFrom(i, 1, MemorySegment.ofArray(attention.keys()));
            values.copyFrom(i, 1, MemorySegment.ofArray(attention.values()));
        }
        var layer = attention.layer();
        if (layer < denseLayers) {
            current.decode(layer, queries, keys, values, output);
        } else {
            current.append(layer, keys, values);
            compare(attention, current.estimate(layer, queries), current.scoreOffsets(layer));
            current.select(layer);
            current.recall(layer);
            current.attend(layer, queries, output);
        }
        if (layer == shape.layers() - 1) {
            current.commit();
            current.close();
            step = null;
            steps++;
        }
    }

    private void compare(LayerAttention attention, Tensor scores, int[] offsets) {
        var exact = attention.pageScores(cache.spec().pageSize());
        var best = Ranking.descending(exact);
        var estimates = new float[scores.rows()];
        scores.copyTo(0, scores.rows(), MemorySegment.ofArray(estimates));
        var layer = attention.layer();
        for (int digest = 0; digest < names.size() - own.size(); digest++) {
            var from = offsets[digest];
            count(
                    layer,
                    digest,
                    best,
                    IntStream.range(from, offsets[digest + 1])
                            .mapToDouble(row -> estimates[row])
                            .toArray());
        }
        for (int i = 0; i < own.size(); i++) {
            own.get(i).add(layer, attention.keys());
            count(layer, names.size() - own.size() + i, best, own.get(i).scores(layer, attention.queries()));
        }
        pages += exact.length;
        firstBest[attention.layer() - denseLayers] += best[0] == 0 ? 1 : 0;
        lastBest[attention.layer() - denseLayers] += best[0] == best.length - 1 ? 1 : 0;
    }

    private void count(int layer, int digest, int[] best, double[] scores) {
        var estimated = Ranking.descending(scores);
        for (int i = 0; i < TOPS.length; i++) {
            found[layer - denseLayers][digest][i] += shareFound(best, estimated, TOPS[i]);
        }
    }

    /** Names of the backend's digests, which are those of the paper. */
    static List<String> ofThePaper() {
        return Arrays.stream(Digest.values()).map(DigestRecall::word).toList();
    }

    private static String word(Digest digest) {
        return digest.toString();
    }

    /** Of the first {@code top} of one order, the share that is among as many of the other. */
    static double shareFound(int[] best, int[] estimated, int top) {
        var count = Math.min(top, best.length);
        var wanted = Arrays.stream(best).limit(count).boxed().toList();
        return Arrays.stream(estimated).limit(count).filter(wanted::contains).count() / (double) count;
    }

    @Override
    public Report report() {
        var rows = new ArrayList<Row>();
        for (int layer = 0; layer < found.length; layer++) {
            var best = new Best(firstBest[layer] / (double) steps, lastBest[layer] / (double) steps);
            for (int digest = 0; digest < names.size(); digest++) {
                var shares = found[layer][digest];
                for (int i = 0; i < TOPS.length; i++) {
                    rows.add(new Row(
                            denseLayers + layer,
                            names.get(digest),
                            TOPS[i],
                            shares[i] / steps,
                            best,
                            pages / (double) steps / found.length,
                            steps));
                }
            }
        }
        return Report.of(COLUMNS, rows);
    }

    @Override
    public void close() {
        cache.close();
    }
}
