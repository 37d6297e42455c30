package io.arkvale.tornado;

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
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A cache: its pools, its sequences and tensors, and the one step that may be open. */
final class TornadoCache implements KvCache {
    final CacheSpec spec;
    final Engine engine;
    final PageStore store;
    final Appender appender;
    final Estimator estimator;
    final Attender attender;
    final Prefiller prefiller;
    final HostTensors tensors;

    private final TornadoBackend backend;
    private final boolean immediateChecks;
    private final Set<TornadoSequence> sequences = new LinkedHashSet<>();
    private @Nullable CheckedStep open;
    private boolean closed;

    TornadoCache(TornadoBackend backend, CacheSpec spec, Region region) {
        this.backend = backend;
        this.spec = spec;
        immediateChecks = backend.immediateChecks;
        engine = region.engine();
        tensors = new HostTensors(spec);
        store = new PageStore(spec, region);
        appender = new Appender(spec, store, engine);
        estimator = new Estimator(spec, store, engine);
        attender = new Attender(spec, store, engine);
        prefiller = new Prefiller(spec, store, engine);
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
        return register(new TornadoSequence(this, sequence, layers));
    }

    @Override
    public Sequence fork(Sequence sequence) {
        requireIdle("fork");
        var source = own(sequence);
        var layers = new LayerPages[spec.layers()];
        for (int layer = 0; layer < layers.length; layer++) {
            layers[layer] = store.fork(source.layers[layer]);
        }
        var fork = new TornadoSequence(this, source.spec, layers);
        fork.length = source.length;
        return register(fork);
    }

    private TornadoSequence register(TornadoSequence sequence) {
        sequences.add(sequence);
        return sequence;
    }

    @Override
    public Step step(Batch batch) {
        requireIdle("step");
        var members = new ArrayList<Member>(batch.size());
        for (var entry : batch.entries()) {
            var sequence = own(entry.sequence());
            CallChecks.growth(sequence.length, entry.tokens());
            members.add(new Member(sequence, members.size(), entry.tokens(), spec.layers()));
        }
        var grown = members.stream().map(member -> member.sequence).toList();
        long reserved = new Reservation(spec, store.slots)
                .reserve(sequences, grown, batch.tokens(), store.host.slots.available());
        for (var member : members) {
            member.sequence.length = member.lengthAfter();
        }
        var poison = new Poison<TornadoSequence>(sequence -> sequence.poisoned = true);
        var check = new ValueCheck<>(grown, immediateChecks, poison, Values::areFinite);
        var work = new StepWork(this, members, reserved);
        var step = new CheckedStep(backend, spec.layers(), tensors, batch, work, check, () -> open = null);
        open = step;
        return step;
    }

    /** Called by a sequence that closes. */
    void release(TornadoSequence sequence) {
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
    private TornadoSequence own(Sequence sequence) {
        var own = ownEvenPoisoned(sequence);
        if (own.poisoned) {
            throw new PoisonedSequenceException("the sequence is poisoned by an earlier error; close it");
        }
        return own;
    }

    /** The sequence, if it is this cache's and open. */
    TornadoSequence ownEvenPoisoned(Sequence sequence) {
        if (!(sequence instanceof TornadoSequence own) || own.cache != this) {
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
        return new TornadoView(this);
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
        sequences.forEach(TornadoSequence::markClosed);
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
