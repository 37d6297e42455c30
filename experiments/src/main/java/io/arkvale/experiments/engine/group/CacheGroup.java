package io.arkvale.experiments.engine.group;

import io.arkvale.api.Backend;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.KvCache;
import io.arkvale.api.Scope;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Tier;
import io.arkvale.experiments.engine.context.Context;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.policy.CacheRun;
import io.arkvale.experiments.policy.option.Settings;
import io.arkvale.experiments.result.Usage;
import io.arkvale.llama.attention.DecodeRows;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** ArkVale's runs: sequences of one cache of a backend, which share what {@link CacheRun#cacheKey} names. */
final class CacheGroup implements RunGroup {
    private final Context context;
    private final DecodingSequences decoding;
    private final KvCache cache;
    private final List<Sequence> sequences;
    private final CacheCounts[] counts;
    private final ReusedQueries[] reused;
    private final int prefetchDistance;
    /** Where guessed queries choose. */
    private final @Nullable OwnChoice ownChoice;

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
        var settings = runs.stream()
                .map(run -> kind.sequence(run.choice().settings(), run.budget(), run.denseLayers()))
                .toList();
        var chunks = runs.stream()
                .map(run -> kind.prefillChunk(run.choice().settings()))
                .toList();
        prefetchDistance = kind.prefetchDistance(options);
        if (prefetchDistance > 0) {
            backend.capabilities().require(Feature.PREFETCH);
        }
        var spec = cache(kind, options, settings, context.tokens() + moreTokens);
        decoding = new DecodingSequences(backend, spec, settings, shape);
        cache = decoding.cache();
        sequences = decoding.sequences();
        try {
            var most = decoding.ingest(context, chunks);
            reused = runs.stream()
                    .map(run -> new ReusedQueries(
                            shape,
                            kind.reuse(run.choice().settings()),
                            cache.spec().headGroups()))
                    .toArray(ReusedQueries[]::new);
            counts = IntStream.range(0, runs.size())
                    .mapToObj(run -> new CacheCounts(spec, decoding.view(), sequences.get(run), most.get(run)))
                    .toArray(CacheCounts[]::new);
            ownChoice = prefetchDistance > 0 ? new OwnChoice(backend, decoding, context, chunks) : null;
        } catch (Throwable failure) {
            decoding.close();
            throw failure;
        }
    }

    /** The specification of a cache that has room for all of the sequences at so many tokens. */
    private CacheSpec cache(CacheRun kind, Settings options, List<SequenceSpec> settings, int tokens) {
        var withRoom = builder(kind, options);
        settings.forEach(setting -> withRoom.roomFor(setting, tokens, 1));
        var onHost = withRoom.build();
        if (kind.backups(options) == Tier.HOST || onHost.hostSlots() == 0) {
            return onHost;
        }
        return builder(kind, options)
                .deviceSlots(onHost.deviceSlots())
                .disk(onHost.hostSlots(), Path.of(System.getProperty("java.io.tmpdir")))
                .build();
    }

    private CacheSpec.Builder builder(CacheRun kind, Settings options) {
        var shape = context.shape();
        return kind.cache(options, shape.layers(), shape.queryHeads(), shape.kvHeads(), shape.headDim());
    }

    @Override
    public int size() {
        return sequences.size();
    }

    @Override
    public void begin(int[] tokens) {
        decoding.begin();
        if (ownChoice != null) {
            ownChoice.begin();
        }
    }

    @Override
    public int prefetchDistance() {
        return prefetchDistance;
    }

    @Override
    public void prefetch(int layer, int firstRow, float[] guessed) {
        decoding.prefetch(layer, guessed, firstRow);
    }

    @Override
    public void attend(int layer, int firstRow, DecodeRows rows, float[] out) {
        if (ownChoice == null) {
            decode(layer, firstRow, rows);
        } else {
            // A layer that nothing was ahead of recalls what its own queries choose when they are known.
            var before = layer < prefetchDistance ? ownChoice.onDevice(layer) : null;
            decode(layer, firstRow, rows);
            ownChoice.decode(layer, rows, firstRow, before);
        }
        decoding.copyOutput(out, firstRow);
    }

    /** A layer's decode; where a sequence chooses by its last query, in five steps, two of them with other queries. */
    private void decode(int layer, int firstRow, DecodeRows rows) {
        if (Arrays.stream(reused).noneMatch(ReusedQueries::isUsed)) {
            decoding.decode(layer, rows, firstRow);
            return;
        }
        var width = context.shape().queryWidth();
        var choosing = new float[size() * width];
        for (int i = 0; i < size(); i++) {
            reused[i].choose(layer, rows.queries(), (firstRow + i) * width, choosing, i * width);
        }
        decoding.decode(layer, rows, firstRow, choosing);
    }

    @Override
    public void end() {
        var reports = decoding.end().sequences();
        for (int i = 0; i < counts.length; i++) {
            counts[i].add(reports.get(i));
        }
        if (ownChoice != null) {
            ownChoice.end();
        }
    }

    @Override
    public int[] attended(int run, int layer, int queryHead) {
        var sequence = sequences.get(run);
        var group = queryHead / cache.spec().queryHeadsPerGroup();
        return tokens(sequence, layer, Arrays.stream(decoding.view().attendedPages(sequence, layer, group)));
    }

    @Override
    public int[] held(int run, int layer, int kvHead) {
        var spec = cache.spec();
        var sequence = sequences.get(run);
        var group = kvHead / spec.kvHeadsPerGroup();
        var pages = IntStream.range(0, spec.pages(decoding.view().tokens(sequence, layer)));
        return tokens(
                sequence,
                layer,
                pages.filter(page ->
                        decoding.view().page(sequence, layer, group, page).resident()));
    }

    private int[] tokens(Sequence sequence, int layer, IntStream pages) {
        var pageSize = cache.spec().pageSize();
        var tokens = decoding.view().tokens(sequence, layer);
        return pages.flatMap(page -> IntStream.range(page * pageSize, Math.min(tokens, (page + 1) * pageSize)))
                .toArray();
    }

    @Override
    public Usage usage(int run) {
        return counts[run].usage(inTime(run));
    }

    /** Only where own queries alone say which pages take part can the pages be asked whether they were there. */
    private @Nullable Double inTime(int run) {
        if (sequences.get(run).spec().scope() != Scope.ATTENDED || reused[run].isUsed()) {
            return null;
        }
        return ownChoice != null ? ownChoice.inTime(run) : counts[run].hits();
    }

    @Override
    public long backupBytes() {
        var memory = cache.memory();
        return Math.multiplyExact(
                memory.usedHostSlots() + memory.usedDiskSlots(), cache.spec().slotBytes());
    }

    @Override
    public void close() {
        if (ownChoice != null) {
            ownChoice.close();
        }
        decoding.close();
    }
}
