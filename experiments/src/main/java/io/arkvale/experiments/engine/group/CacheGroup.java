package io.arkvale.experiments.engine.group;

import io.arkvale.api.Backend;
import io.arkvale.api.Batch;
import io.arkvale.api.KvCache;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Step;
import io.arkvale.api.Tensor;
import io.arkvale.experiments.engine.context.Context;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.result.Usage;
import io.arkvale.llama.attention.DecodeRows;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** ArkVale's runs: sequences of one cache of a backend, which share page size and head groups. */
final class CacheGroup implements RunGroup {
    private final Context context;
    private final KvCache cache;
    private final List<Sequence> sequences = new ArrayList<>();
    private final Tensor queries;
    private final Tensor keys;
    private final Tensor values;
    private final Tensor output;
    private final CacheCounts[] counts;
    private final ReusedQueries[] reused;
    private @Nullable Step step;

    /**
     * Opens a cache and hands the context over to a sequence for each run.
     *
     * @param moreTokens tokens that will follow the context
     */
    CacheGroup(Backend backend, Context context, List<RunSpec> runs, int moreTokens) {
        this.context = context;
        var shape = context.shape();
        var options = runs.getFirst().choice().settings();
        var kind = runs.getFirst().onCache().orElseThrow();
        var spec = kind.cache(options, shape.layers(), shape.queryHeads(), shape.kvHeads(), shape.headDim());
        var settings = new ArrayList<SequenceSpec>();
        for (var run : runs) {
            var setting = kind.sequence(run.choice().settings(), run.budget(), run.denseLayers());
            settings.add(setting);
            spec.roomFor(setting, context.tokens() + moreTokens, 1);
        }
        cache = backend.open(spec.build());
        try {
            settings.forEach(setting -> sequences.add(cache.begin(setting)));
            queries = cache.allocateQueries(runs.size());
            keys = cache.allocateKeys(runs.size());
            values = cache.allocateKeys(runs.size());
            output = cache.allocateQueries(runs.size());
            Handover.ingest(cache, sequences, shape, context.store());
            reused = runs.stream()
                    .map(run -> new ReusedQueries(
                            shape,
                            kind.reuse(run.choice().settings()),
                            cache.spec().headGroups()))
                    .toArray(ReusedQueries[]::new);
            counts = sequences.stream()
                    .map(sequence -> new CacheCounts(cache, sequence))
                    .toArray(CacheCounts[]::new);
        } catch (Throwable failure) {
            cache.close();
            throw failure;
        }
    }

    @Override
    public int size() {
        return sequences.size();
    }

    @Override
    public void begin(int[] tokens) {
        step = cache.step(Batch.decode(sequences));
    }

    @Override
    public void attend(int layer, int firstRow, DecodeRows rows, float[] out) {
        var shape = context.shape();
        copyIn(queries, rows.queries(), firstRow * shape.queryWidth());
        copyIn(keys, rows.keys(), firstRow * shape.kvWidth());
        copyIn(values, rows.values(), firstRow * shape.kvWidth());
        decode(Objects.requireNonNull(step, "no step is open"), layer, firstRow, rows);
        output.copyTo(0, size(), slice(out, firstRow * shape.queryWidth()));
    }

    /** A layer's decode; where a sequence chooses by its last query, in five steps, two of them with other queries. */
    private void decode(Step open, int layer, int firstRow, DecodeRows rows) {
        if (Arrays.stream(reused).noneMatch(ReusedQueries::isUsed)) {
            open.decode(layer, queries, keys, values, output);
            return;
        }
        var width = context.shape().queryWidth();
        var choosing = new float[size() * width];
        for (int i = 0; i < size(); i++) {
            reused[i].choose(layer, rows.queries(), (firstRow + i) * width, choosing, i * width);
        }
        open.append(layer, keys, values);
        copyIn(queries, choosing, 0);
        open.estimate(layer, queries);
        open.select(layer);
        open.recall(layer);
        copyIn(queries, rows.queries(), firstRow * width);
        open.attend(layer, queries, output);
    }

    private void copyIn(Tensor tensor, float[] source, int offset) {
        tensor.copyFrom(0, size(), slice(source, offset));
    }

    private static MemorySegment slice(float[] array, int offset) {
        return MemorySegment.ofArray(array).asSlice((long) offset * Float.BYTES);
    }

    @Override
    public void end() {
        try (var ending = Objects.requireNonNull(step, "no step is open")) {
            var reports = ending.commit().sequences();
            for (int i = 0; i < counts.length; i++) {
                counts[i].add(reports.get(i));
            }
        } finally {
            step = null;
        }
    }

    @Override
    public int[] attended(int run, int layer, int queryHead) {
        var sequence = sequences.get(run);
        var group = queryHead / cache.spec().queryHeadsPerGroup();
        return tokens(sequence, layer, Arrays.stream(cache.view().attendedPages(sequence, layer, group)));
    }

    @Override
    public int[] held(int run, int layer, int kvHead) {
        var spec = cache.spec();
        var sequence = sequences.get(run);
        var group = kvHead / spec.kvHeadsPerGroup();
        var pages = IntStream.range(0, spec.pages(cache.view().tokens(sequence, layer)));
        return tokens(
                sequence,
                layer,
                pages.filter(
                        page -> cache.view().page(sequence, layer, group, page).resident()));
    }

    private int[] tokens(Sequence sequence, int layer, IntStream pages) {
        var pageSize = cache.spec().pageSize();
        var tokens = cache.view().tokens(sequence, layer);
        return pages.flatMap(page -> IntStream.range(page * pageSize, Math.min(tokens, (page + 1) * pageSize)))
                .toArray();
    }

    @Override
    public Usage usage(int run) {
        return counts[run].usage();
    }

    @Override
    public long backupBytes() {
        var memory = cache.memory();
        return Math.multiplyExact(
                memory.usedHostSlots() + memory.usedDiskSlots(), cache.spec().slotBytes());
    }

    @Override
    public void close() {
        cache.close();
    }
}
