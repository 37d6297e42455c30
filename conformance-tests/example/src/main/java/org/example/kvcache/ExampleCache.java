package org.example.kvcache;

import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.CacheView;
import io.arkvale.api.CallOrderException;
import io.arkvale.api.CapacityException;
import io.arkvale.api.ClosedException;
import io.arkvale.api.ElementType;
import io.arkvale.api.ForeignObjectException;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.KvCache;
import io.arkvale.api.MemoryUse;
import io.arkvale.api.PoisonedSequenceException;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.SlotNeed;
import io.arkvale.api.Step;
import io.arkvale.api.Tensor;
import io.arkvale.api.support.CallChecks;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A cache: its sequences, its tensors, and who holds which slot. */
class ExampleCache implements KvCache {
    final CacheSpec spec;
    final Algorithm algorithm;
    final boolean immediateChecks;
    final Pools pools;
    final List<ExampleSequence> sequences = new ArrayList<>();
    final List<ExampleTensor> tensors = new ArrayList<>();

    @Nullable
    ExampleStep step;

    private final ExampleBackend backend;
    private final Set<Page> known = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean closed;

    ExampleCache(ExampleBackend backend, CacheSpec spec, Algorithm algorithm, boolean immediateChecks) {
        this.backend = backend;
        this.spec = spec;
        this.algorithm = algorithm;
        this.immediateChecks = immediateChecks;
        this.pools = newPools(spec);
    }

    Pools newPools(CacheSpec spec) {
        return new Pools(spec);
    }

    @Override
    public CacheSpec spec() {
        return spec;
    }

    @Override
    public Sequence begin(SequenceSpec settings) {
        checkBetweenSteps();
        CallChecks.settings(settings, spec);
        var sequence = new ExampleSequence(this, settings);
        for (var layer = 0; layer < spec.layers(); layer++) {
            sequence.tables.add(new Table(spec.headGroups()));
        }
        sequences.add(sequence);
        return sequence;
    }

    @Override
    public Sequence fork(Sequence original) {
        checkBetweenSteps();
        var parent = own(original);
        var fork = new ExampleSequence(this, parent.spec);
        fork.length = parent.length;
        parent.tables.forEach(table -> fork.tables.add(new Table(table)));
        sequences.add(fork);
        return fork;
    }

    @Override
    public Step step(Batch batch) {
        checkBetweenSteps();
        var members = new ArrayList<ExampleSequence>();
        for (var entry : batch.entries()) {
            var member = own(entry.sequence());
            CallChecks.growth(member.length, entry.tokens());
            members.add(member);
        }
        admit(members, batch.tokens());
        var opened = newStep(batch, members);
        step = opened;
        return opened;
    }

    ExampleStep newStep(Batch batch, List<ExampleSequence> members) {
        return new ExampleStep(this, batch, members);
    }

    /** Refuses a step after which the sequences, forks counted apart, may need more slots than there are. */
    void admit(List<ExampleSequence> members, int[] tokens) {
        var device = 0L;
        var backup = 0L;
        for (var sequence : sequences) {
            var member = members.indexOf(sequence);
            var need = need(sequence.spec, sequence.length + (member < 0 ? 0 : tokens[member]));
            device += need.device();
            backup += need.backup();
        }
        if (device > spec.deviceSlots()) {
            throw new CapacityException("device slots", device, spec.deviceSlots());
        }
        if (backup > spec.hostSlots() + spec.diskSlots()) {
            throw new CapacityException("host and disk slots", backup, spec.hostSlots() + spec.diskSlots());
        }
    }

    SlotNeed need(SequenceSpec settings, int tokens) {
        return SlotNeed.of(spec.layers(), spec.headGroups(), spec.pageSize(), settings, tokens);
    }

    @Override
    public Tensor allocate(ElementType elementType, int rows, int heads, int width) {
        checkOpen();
        CallChecks.shape(rows, heads, width);
        if (elementType != ElementType.F32 && elementType != spec.elementType()) {
            throw new InvalidArgumentException(
                    "elementType is " + elementType + "; allowed: F32 and " + spec.elementType());
        }
        var tensor = newTensor(elementType, rows, heads, width);
        tensors.add(tensor);
        return tensor;
    }

    ExampleTensor newTensor(ElementType elementType, int rows, int heads, int width) {
        return new ExampleTensor(this, elementType, rows, heads, width);
    }

    @Override
    public CacheView view() {
        checkOpen();
        return new ExampleView(this);
    }

    /** Gives slots to resident pages that have none, and takes back what no sequence refers to any more. */
    void settle() {
        Set<Page> alive = Collections.newSetFromMap(new IdentityHashMap<>());
        for (var group = 0; group < spec.headGroups(); group++) {
            Set<Page> resident = Collections.newSetFromMap(new IdentityHashMap<>());
            for (var table : allTables()) {
                alive.addAll(table.pages);
                table.resident[group].stream().forEach(page -> resident.add(table.pages.get(page)));
            }
            known.addAll(alive);
            for (var page : known) {
                if (!resident.contains(page)) {
                    release(page, group);
                }
            }
            for (var page : resident) {
                if (page.slots[group] == null) {
                    page.slots[group] = pools.allocate(recalled(page, group));
                    pools.loads += page.backups[group] == null ? 0 : 1;
                }
            }
        }
        for (var page : known) {
            if (!alive.contains(page)) {
                dropBackups(page);
            }
        }
        known.retainAll(alive);
    }

    /** Gives a new page its slots. */
    void giveSlots(Page page) {
        known.add(page);
        for (var group = 0; group < page.slots.length; group++) {
            page.slots[group] = pools.allocate(null);
        }
    }

    private List<Table> allTables() {
        return sequences.stream().flatMap(sequence -> sequence.tables.stream()).toList();
    }

    void release(Page page, int group) {
        var slot = page.slots[group];
        if (slot != null) {
            pools.free(slot);
            page.slots[group] = null;
        }
    }

    /** What to put into a new slot of a page: its backup, or nothing if it is a new page. */
    float @Nullable [] recalled(Page page, int group) {
        var backup = page.backups[group];
        return backup == null ? null : pools.load(backup);
    }

    void dropBackups(Page page) {
        for (var group = 0; group < page.backups.length; group++) {
            var backup = page.backups[group];
            if (backup != null) {
                pools.delete(backup);
                page.backups[group] = null;
            }
        }
        page.digests = null;
    }

    /** Whether a table other than the given one has this last page too. */
    boolean shared(Page page, Table table) {
        return allTables().stream()
                .anyMatch(other -> other != table && !other.pages.isEmpty() && page.equals(other.pages.getLast()));
    }

    void forget(ExampleSequence sequence) {
        sequences.remove(sequence);
        settle();
    }

    void forget(ExampleTensor tensor) {
        tensors.remove(tensor);
    }

    /** Ends the open step. */
    void ended() {
        step = null;
    }

    @Override
    public MemoryUse memory() {
        checkOpen();
        var tensorBytes = tensors.stream()
                .mapToLong(tensor -> tensor.rows() * tensor.rowBytes())
                .sum();
        var digested = known.stream().filter(page -> page.digests != null).count();
        return new MemoryUse(
                pools.used(),
                step == null ? 0 : step.reservedSlots(),
                pools.hostBackups,
                pools.fileBackups,
                digested * spec.kvHeads(),
                spec.deviceSlots() * slotBytes() + tensorBytes,
                spec.hostSlots() * slotBytes(),
                pools.fileBytes());
    }

    @Override
    public void synchronize() {
        checkOpen();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (step != null) {
            step.close();
        }
        while (!sequences.isEmpty()) {
            sequences.getFirst().close();
        }
        while (!tensors.isEmpty()) {
            tensors.getFirst().close();
        }
        closed = true;
        backend.forget(this);
    }

    void checkOpen() {
        if (closed) {
            throw new ClosedException("the cache is closed");
        }
    }

    private void checkBetweenSteps() {
        checkOpen();
        if (step != null) {
            throw new CallOrderException("a step is open; commit or close it first");
        }
    }

    ExampleBackend backend() {
        return backend;
    }

    /** The given tensor, if it is this cache's. */
    ExampleTensor own(Tensor tensor) {
        if (!(tensor instanceof ExampleTensor mine) || !mine.cache.equals(this)) {
            throw new ForeignObjectException("the tensor is another cache's");
        }
        return mine;
    }

    /** The given sequence, if it is this cache's and may be used. */
    ExampleSequence own(Sequence sequence) {
        if (!(sequence instanceof ExampleSequence mine) || !mine.cache.equals(this)) {
            throw new ForeignObjectException("the sequence is another cache's");
        }
        mine.checkOpen();
        if (mine.poisoned) {
            throw new PoisonedSequenceException("the sequence is poisoned; close it");
        }
        return mine;
    }
}
