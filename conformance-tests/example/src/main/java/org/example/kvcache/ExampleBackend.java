package org.example.kvcache;

import io.arkvale.api.Backend;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.Capabilities.SizeRange;
import io.arkvale.api.ClosedException;
import io.arkvale.api.Digest;
import io.arkvale.api.ElementType;
import io.arkvale.api.GroupScore;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.KvCache;
import io.arkvale.api.MemoryUse;
import io.arkvale.api.Scope;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The running backend: a list of caches. */
class ExampleBackend implements Backend {
    private final Algorithm algorithm;
    private final boolean immediateChecks;
    private final List<ExampleCache> caches = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    ExampleBackend(Algorithm algorithm, boolean immediateChecks) {
        this.algorithm = algorithm;
        this.immediateChecks = immediateChecks;
    }

    @Override
    public String id() {
        return "example";
    }

    @Override
    public String device() {
        return "plain Java on the heap";
    }

    @Override
    public Capabilities capabilities() {
        return Capabilities.builder()
                .elementTypes(ElementType.values())
                .headDims(SizeRange.of(1, 256))
                .pageSizes(SizeRange.of(1, 128))
                .queryHeadsPerKvHead(SizeRange.of(1, 8))
                .digests(Digest.values())
                .groupScores(GroupScore.values())
                .scopes(Scope.values())
                .features(
                        Feature.HEAD_GROUPS,
                        Feature.OWN_SCORES,
                        Feature.FORKS,
                        Feature.PREFETCH,
                        Feature.DISK_TIER,
                        Feature.DETERMINISTIC,
                        Feature.BATCH_INVARIANT)
                .build();
    }

    @Override
    public KvCache open(CacheSpec spec) {
        if (closed) {
            throw new ClosedException("the backend is closed");
        }
        capabilities().require(spec);
        var directory = spec.diskDirectory();
        if (directory != null && !(Files.isDirectory(directory) && Files.isWritable(directory))) {
            throw new InvalidArgumentException("diskDirectory is " + directory + "; name a directory to write to");
        }
        var cache = newCache(spec, algorithm, immediateChecks);
        caches.add(cache);
        return cache;
    }

    ExampleCache newCache(CacheSpec spec, Algorithm algorithm, boolean immediateChecks) {
        return new ExampleCache(this, spec, algorithm, immediateChecks);
    }

    void forget(ExampleCache cache) {
        caches.remove(cache);
    }

    @Override
    public MemoryUse memory() {
        return caches.stream().map(ExampleCache::memory).reduce(MemoryUse.NONE, MemoryUse::plus);
    }

    @Override
    public void close() {
        closed = true;
        caches.forEach(ExampleCache::close);
    }
}
