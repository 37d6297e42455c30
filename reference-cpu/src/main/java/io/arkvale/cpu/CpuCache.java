package io.arkvale.cpu;

import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.CacheView;
import io.arkvale.api.CallOrderException;
import io.arkvale.api.ClosedException;
import io.arkvale.api.ElementType;
import io.arkvale.api.ForeignObjectException;
import io.arkvale.api.KvCache;
import io.arkvale.api.MemoryUse;
import io.arkvale.api.PoisonedSequenceException;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Step;
import io.arkvale.api.Tensor;
import io.arkvale.api.support.CallChecks;
import io.arkvale.api.support.CheckedStep;
import io.arkvale.api.support.HostTensors;
import io.arkvale.api.support.Poison;
import io.arkvale.api.support.Reservation;
import io.arkvale.api.support.ValueCheck;
import io.arkvale.kernels.WorkerPool;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A cache: its pools, its sequences and tensors, and the one step that may be open. */
final class CpuCache implements KvCache {
    final CacheSpec spec;
    final PageStore store;
    final Workers workers;
    final Appender appender;
    final Estimator estimator;
    final Attender attender;
    final Prefiller prefiller;
    final HostTensors tensors;

    private final CpuBackend backend;
    private final boolean immediateChecks;
    private final Set<CpuSequence> sequences = new LinkedHashSet<>();
    private @Nullable CheckedStep open;
    private boolean closed;

    CpuCache(CpuBackend backend, CacheSpec spec, CpuOptions options, WorkerPool pool) {
        this.backend = backend;
        this.spec = spec;
        immediateChecks = options.immediateChecks();
        tensors = new HostTensors(spec);
        store = new PageStore(spec);
        workers = new Workers(spec, options, pool);
        appender = new Appender(spec, store, workers);
        estimator = new Estimator(spec, workers);
        attender = new Attender(spec, store, workers);
        prefiller = new Prefiller(spec, store, workers);
    }

    @Override
    public CacheSpec spec() {
        return spec;
    }

    @Override
    public Sequence begin(SequenceSpec sequence) {
        requireIdle("begin");
        CallChecks.settings(sequence, spec);
        var layers = new LayerPages[spec.layers()];
        for (int layer = 0; layer < layers.length; layer++) {
            layers[layer] = store.newLayer(sequence, layer);
        }
        return register(new CpuSequence(this, sequence, layers));
    }

    @Override
    public Sequence fork(Sequence sequence) {
        requireIdle("fork");
        var source = own(sequence);
        var layers = new LayerPages[spec.layers()];
        for (int layer = 0; layer < layers.length; layer++) {
            layers[layer] = store.fork(source.layers[layer]);
        }
        var fork = new CpuSequence(this, source.spec, layers);
        fork.length = source.length;
        return register(fork);
    }

    private CpuSequence register(CpuSequence sequence) {
        sequences.add(sequence);
        return sequence;
    }

    @Override
    public Step step(Batch batch) {
        requireIdle("step");
        var members = new ArrayList<StepMember>(batch.size());
        for (var entry : batch.entries()) {
            var sequence = own(entry.sequence());
            CallChecks.growth(sequence.length, entry.tokens());
            members.add(new StepMember(sequence, members.size(), entry.tokens(), spec.layers()));
        }
        var grown = members.stream().map(member -> member.sequence).toList();
        long reserved = new Reservation(spec, store.slots.blocks)
                .reserve(sequences, grown, batch.tokens(), store.backups.available());
        for (var member : members) {
            member.sequence.length = member.lengthAfter();
        }
        var poison = new Poison<CpuSequence>(sequence -> sequence.poisoned = true);
        var check = new ValueCheck<>(grown, immediateChecks, poison, workers::allFinite);
        var work = new StepWork(this, members, reserved, poison);
        var step = new CheckedStep(backend, spec.layers(), tensors, batch, work, check, () -> open = null);
        open = step;
        return step;
    }

    /** Called by a sequence that closes. */
    void release(CpuSequence sequence) {
        if (closed) {
            return;
        }
        requireIdle("closing a sequence");
        for (var layer : sequence.layers) {
            store.release(layer);
        }
        sequences.remove(sequence);
    }

    /** The sequence, if it is this cache's, open and sound. */
    private CpuSequence own(Sequence sequence) {
        var own = ownEvenPoisoned(sequence);
        if (own.poisoned) {
            throw new PoisonedSequenceException("the sequence is poisoned by an earlier error; close it");
        }
        return own;
    }

    /** The sequence, if it is this cache's and open. */
    CpuSequence ownEvenPoisoned(Sequence sequence) {
        if (!(sequence instanceof CpuSequence own) || own.cache != this) {
            throw new ForeignObjectException("the sequence belongs to another cache");
        }
        if (own.isClosed()) {
            throw new ClosedException("the sequence is closed");
        }
        return own;
    }

    @Override
    public Tensor allocate(ElementType elementType, int rows, int heads, int width) {
        requireOpen();
        return tensors.allocate(elementType, rows, heads, width);
    }

    @Override
    public CacheView view() {
        requireOpen();
        return new CpuView(this);
    }

    @Override
    public MemoryUse memory() {
        requireOpen();
        return use();
    }

    /** The memory in use of an open cache. */
    MemoryUse use() {
        var step = open;
        return store.memory(step == null ? 0 : step.unusedReservation(), tensors.bytes());
    }

    @Override
    public void synchronize() {
        requireOpen();
        store.backups.synchronize();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (open != null) {
            open.abandon();
        }
        sequences.forEach(CpuSequence::markClosed);
        sequences.clear();
        tensors.close();
        store.close();
        backend.forget(this);
    }

    void requireOpen() {
        if (closed) {
            throw new ClosedException("the cache is closed");
        }
    }

    private void requireIdle(String call) {
        requireOpen();
        if (open != null) {
            throw new CallOrderException(call + " is not allowed while a step is open; commit or close the step first");
        }
    }
}
