package io.arkvale.core;

import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities;
import io.arkvale.api.Digest;
import io.arkvale.api.ElementType;
import io.arkvale.api.KvCache;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.StepReport;
import io.arkvale.api.Tensor;
import io.arkvale.core.page.PagedCache.DeviceFactory;
import io.arkvale.core.tensor.HostMemory;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Caches of one head of one number, pages of 4 tokens, over a {@link CountingDevice}. A sequence of a budget of 4 pages keeps
 * its first page and its last; the page with the largest last key is recalled first.
 */
public final class CountingCache implements AutoCloseable {
    /** Budget 4 pages, of which 3 are attended to: the first, the last and one by rank. */
    public static final SequenceSpec SETTINGS = SequenceSpec.builder(4)
            .budgetPages(4)
            .attendedPages(2)
            .sinkPages(1)
            .windowPages(1)
            .denseLayers(0)
            .build();

    private final PagedBackend<HostMemory> backend;
    private final List<Tensor> tensors = new ArrayList<>();

    /** The cache. */
    public final KvCache cache;

    /** A cache of a specification over a device. */
    public CountingCache(CacheSpec spec, DeviceFactory<HostMemory> device) {
        backend = new PagedBackend<>("counting", "nothing", capabilities(), false, device, () -> {});
        cache = backend.open(spec);
    }

    private static Capabilities capabilities() {
        return PagedBackend.declare().digests(Digest.values()).build();
    }

    /** Specifications start here. */
    public static CacheSpec.Builder spec(int layers) {
        return CacheSpec.builder(layers, 1, 1, 1).pageSize(4);
    }

    /** The backend. */
    public PagedBackend<HostMemory> backend() {
        return backend;
    }

    /** A sequence of so many tokens, whose keys count from 1. */
    public Sequence prompt(SequenceSpec settings, int tokens) {
        var sequence = cache.begin(settings);
        grow(sequence, tokens);
        return sequence;
    }

    /** Stores as many tokens in one step, whose keys go on counting. */
    public StepReport grow(Sequence sequence, int tokens) {
        var keys = rows(sequence.length() + 1, tokens);
        try (var step = cache.step(Batch.of(sequence, tokens))) {
            for (int layer = 0; layer < cache.spec().layers(); layer++) {
                step.ingest(layer, new int[] {tokens}, keys, keys);
                step.finishPrefill(layer, rows(1, 1));
            }
            return step.commit();
        }
    }

    /** Decodes a token, with own scores for the pages if there are any. */
    public StepReport decode(Sequence sequence, float... scores) {
        try (var step = cache.step(Batch.decode(sequence))) {
            for (int layer = 0; layer < cache.spec().layers(); layer++) {
                step.append(layer, rows(sequence.length(), 1), rows(0, 1));
                if (scores.length == 0) {
                    step.estimate(layer, rows(1, 1));
                    step.select(layer);
                } else {
                    step.select(layer, tensor(scores));
                }
                step.recall(layer);
                step.attend(layer, rows(1, 1), rows(0, 1));
            }
            return step.commit();
        }
    }

    /** Rows of one number each, counting from {@code first}. */
    public Tensor rows(int first, int count) {
        var numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = first + i;
        }
        return tensor(numbers);
    }

    /** A tensor of one number per row. */
    public Tensor tensor(float... numbers) {
        var tensor = cache.allocate(ElementType.F32, numbers.length, 1, 1);
        tensor.copyFrom(MemorySegment.ofArray(numbers));
        tensors.add(tensor);
        return tensor;
    }

    @Override
    public void close() {
        backend.close();
    }
}
