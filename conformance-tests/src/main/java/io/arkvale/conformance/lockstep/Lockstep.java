package io.arkvale.conformance.lockstep;

import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.Backend;
import io.arkvale.api.Batch;
import io.arkvale.api.Batch.Role;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.CacheStats;
import io.arkvale.api.CacheView;
import io.arkvale.api.Capabilities;
import io.arkvale.api.CapacityException;
import io.arkvale.api.ClosedException;
import io.arkvale.api.KvCache;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.StepReport;
import io.arkvale.conformance.cases.Inputs;
import io.arkvale.conformance.oracle.OracleSequence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A cache of a backend and the oracle's, driven side by side. Every call goes to both, and whatever can be seen is
 * compared after it; the first difference is raised as a {@link RuleViolation}.
 */
public final class Lockstep implements AutoCloseable {
    private final CacheSpec spec;
    private final Capabilities capabilities;
    private final KvCache cache;
    private final CacheView view;
    private final Inputs inputs;
    private final Findings findings;
    private final Staging staging;
    private final TableCheck tables;
    private final StoredRows storedRows;
    private final OutputCheck outputs;
    private final Room room;
    private final List<Pair> pairs = new ArrayList<>();
    private @Nullable LockedStep step;
    private long texts;
    private int sequences;
    private boolean recording;
    private CacheStats stats = CacheStats.NONE;
    private int unseen;

    /** Opens a cache of the inputs' shape. */
    public Lockstep(Backend backend, Inputs inputs, Findings findings) {
        this.spec = inputs.spec();
        this.capabilities = backend.capabilities();
        this.inputs = inputs;
        this.findings = findings;
        this.cache = legal(106, "open", () -> backend.open(spec));
        this.view = cache.view();
        this.staging = new Staging(cache, capabilities);
        this.tables = new TableCheck(spec, view, findings);
        this.outputs = new OutputCheck(findings, spec.headDim());
        this.room = new Room(this);
        this.storedRows = new StoredRows(spec, capabilities, view);
    }

    /** Begins a sequence; each has its own text. */
    public Pair begin(SequenceSpec settings) {
        return begin(settings, ++texts);
    }

    /** Begins a sequence that is fed the given text. */
    public Pair begin(SequenceSpec settings, long text) {
        var sequence = legal(besideRule(608), "begin", () -> beside(() -> cache.begin(settings)));
        return add(new Pair(++sequences, sequence, new OracleSequence(spec, settings), text));
    }

    /** Forks a sequence; the fork goes on with another text. */
    public Pair fork(Pair parent) {
        return fork(parent, ++texts);
    }

    /** Forks a sequence; the fork goes on with the given text. */
    public Pair fork(Pair parent, long text) {
        var sequence = legal(besideRule(706), "fork", () -> beside(() -> cache.fork(parent.sequence())));
        return add(new Pair(++sequences, sequence, parent.model().copy(), text));
    }

    /** Forks the first tokens of a sequence with settings of their own; null if the backend refused it for want of slots. */
    public @Nullable Pair tryFork(Pair parent, int length, SequenceSpec settings) {
        return tryFork(parent, length, settings, ++texts);
    }

    /** The same; the fork goes on with the given text. */
    public @Nullable Pair tryFork(Pair parent, int length, SequenceSpec settings, long text) {
        var model = parent.model().fork(length, settings);
        var what = "fork of " + parent + " at " + length + " with " + settings;
        var attended = tables.attended(parent);
        try {
            var sequence = beside(() -> cache.fork(parent.sequence(), length, settings));
            var pair = new Pair(++sequences, sequence, model, text);
            verifyAs(besideRule(711), "after " + what + ": ", () -> {
                add(pair);
                tables.verifyAttended(711, pair, attended);
            });
            return pair;
        } catch (CapacityException e) {
            refused(711, what, room.mayRefuseFork(parent, model), e);
            return null;
        } catch (RuntimeException e) {
            throw new RuleViolation(besideRule(711), what + " is legal here but raised " + e, e);
        }
    }

    /** Takes the tokens from a length on away; false if the backend refused it for want of slots. */
    public boolean tryTruncate(Pair pair, int length) {
        var what = "truncate of " + pair + " to " + length;
        var attended = tables.attended(pair);
        try {
            beside(() -> {
                cache.truncate(pair.sequence(), length);
                return true;
            });
        } catch (CapacityException e) {
            refused(709, what, room.mayRefuseTruncation(pair, length), e);
            return false;
        } catch (RuntimeException e) {
            throw new RuleViolation(besideRule(709), what + " is legal here but raised " + e, e);
        }
        truncated(pair, length);
        verifyAs(besideRule(709), "after " + what + ": ", () -> {
            verify(709, 709);
            tables.verifyAttended(709, pair, attended);
        });
        return true;
    }

    /** The model's part of a truncation; the sequence goes on with another text. */
    void truncated(Pair pair, int length) {
        pair.model().truncate(length);
        pair.reword(++texts);
    }

    private void refused(int rule, String what, boolean mayBe, CapacityException e) {
        require(besideRule(rule), mayBe, "%s raised %s, but there is room for what it makes or brings back", what, e);
        require(906, e.needed() > e.free(), "%s: needed must exceed free", e);
        verifyAs(besideRule(rule), "after " + what + " was refused: ", () -> verify(901, 901));
    }

    /** Makes a call that may take slots, or give some back, while a step is open: what the step has reserved it must keep. */
    private <T> T beside(Supplier<T> call) {
        var before = cache.memory();
        var result = call.get();
        if (step != null) {
            var after = cache.memory();
            step.othersTook(after.usedDeviceSlots() - before.usedDeviceSlots());
            require(
                    712,
                    after.reservedDeviceSlots() <= before.reservedDeviceSlots(),
                    "a call for a sequence outside the batch has changed the open step's reservation from %d to %d",
                    before.reservedDeviceSlots(),
                    after.reservedDeviceSlots());
        }
        return result;
    }

    /** The rule that a legal call breaks if it is refused or goes wrong: while a step is open it is the company's. */
    private int besideRule(int rule) {
        return step == null ? rule : 712;
    }

    private Pair add(Pair pair) {
        pairs.add(pair);
        var rule = besideRule(706);
        require(
                rule,
                pair.sequence().length() == pair.model().length(),
                "a new sequence has length %d, must be %d",
                pair.sequence().length(),
                pair.model().length());
        verify(rule, rule);
        return pair;
    }

    /** Closes a sequence. */
    public void close(Pair pair) {
        run(
                besideRule(804),
                "closing a sequence",
                () -> beside(() -> {
                    pair.sequence().close();
                    return true;
                }));
        pairs.remove(pair);
        verify(besideRule(706), besideRule(804));
    }

    /** Closes a sequence that the model has lost sight of, and compares the others. */
    public void forget(Pair pair) {
        pairs.remove(pair);
        run(804, "closing a sequence", () -> pair.sequence().close());
        stats = cache.stats();
        verify(903, 903);
    }

    /** Opens a step in which every sequence grows by one token. */
    public LockedStep decode(List<Pair> members) {
        return open(
                members,
                Collections.nCopies(members.size(), 1).stream()
                        .mapToInt(Integer::intValue)
                        .toArray());
    }

    /** Opens a step that the pools have room for. */
    public LockedStep open(List<Pair> members, int... tokens) {
        return open(members, Collections.nCopies(members.size(), Role.BY_CALL), tokens);
    }

    /** Opens a step, whose members have roles, that the pools have room for. */
    public LockedStep open(List<Pair> members, List<Role> roles, int... tokens) {
        var opened = tryOpen(members, roles, tokens);
        require(702, opened != null, "a step was refused that the pools have room for");
        return Objects.requireNonNull(opened);
    }

    /** Opens a step; null if the backend refused it for want of slots, which it may do only if the pools can be short. */
    public @Nullable LockedStep tryOpen(List<Pair> members, int... tokens) {
        return tryOpen(members, Collections.nCopies(members.size(), Role.BY_CALL), tokens);
    }

    /** The same for members with roles. */
    public @Nullable LockedStep tryOpen(List<Pair> members, List<Role> roles, int... tokens) {
        var entries = new ArrayList<Batch.Entry>();
        for (var i = 0; i < members.size(); i++) {
            entries.add(new Batch.Entry(members.get(i).sequence(), tokens[i], roles.get(i)));
        }
        var fits = room.fits(members, roles, tokens);
        try {
            var opened = new LockedStep(this, cache.step(new Batch(entries)), members, roles, tokens);
            step = opened;
            opened.opened();
            return opened;
        } catch (CapacityException e) {
            require(702, !fits, "%s, but SlotNeed of all sequences together fits the pools", e);
            require(906, e.needed() > e.free(), "%s: needed must exceed free", e);
            verify(901, 901);
            return null;
        } catch (RuntimeException e) {
            throw new RuleViolation(701, "opening a legal step raised " + e, e);
        }
    }

    /**
     * Compares everything that can be seen.
     *
     * @param tableRule the rule broken by anything that changed in a page table
     * @param memoryRule the rule broken by a wrong count of slots or digests
     */
    public void verify(int tableRule, int memoryRule) {
        require(
                807,
                unseen > 0 || cache.stats().equals(stats),
                "the cache's stats are %s, must be %s: the sum of the reports of its committed steps",
                cache.stats(),
                stats);
        for (var pair : pairs) {
            if (!pair.corrupted()) {
                verify(pair, tableRule);
            }
        }
        MemoryCheck.verify(this, memoryRule);
    }

    private void verify(Pair pair, int rule) {
        var length = pair.sequence().length();
        require(
                rule,
                length == pair.model().length(),
                "length is %d, must be %d",
                length,
                pair.model().length());
        require(
                611,
                step != null || pair.sequence().isPromptOpen() == pair.model().isPromptOpen(),
                "isPromptOpen of %s is %s, must be %s",
                pair,
                pair.sequence().isPromptOpen(),
                pair.model().isPromptOpen());
        try {
            for (var layer = 0; layer < spec.layers(); layer++) {
                tables.verify(pair, layer, rule);
            }
        } catch (RuleViolation e) {
            throw new RuleViolation(rule, "the cache is not what it must be now: " + e.getMessage(), e);
        }
    }

    /** Runs a comparison; whatever it finds broken is a violation of the given rule. */
    public void verifyAs(int rule, String when, Runnable comparison) {
        try {
            comparison.run();
        } catch (RuleViolation e) {
            throw new RuleViolation(rule, when + e.getMessage(), e);
        }
    }

    /** Waits for copies in flight. */
    public void synchronize() {
        run(302, "synchronize", cache::synchronize);
        verify(302, 806);
    }

    /** Compares the outputs of a call, and keeps them if this lockstep records. */
    void verifyOutputs(int layer, List<OutputCheck.Row> rows) {
        if (recording) {
            rows.forEach(OutputCheck.Row::record);
        }
        outputs.verify(layer, rows);
    }

    void ended() {
        step = null;
    }

    /** A step has been committed. */
    void committed(StepReport report) {
        stats = stats.plus(CacheStats.of(report));
    }

    /** So many more steps have been committed whose report has not been asked for. */
    void unseen(int more) {
        unseen += more;
    }

    /** A step has been committed whose report a deferred error has taken the place of. */
    void committedUnseen() {
        var now = cache.stats();
        require(
                807,
                now.steps() == stats.steps() + 1,
                "stats count %d steps, must be %d",
                now.steps(),
                stats.steps() + 1);
        stats = now;
    }

    /** The open step; null between steps. */
    @Nullable
    LockedStep step() {
        return step;
    }

    /** What the pools must have room for. */
    Room room() {
        return room;
    }

    /** Keeps every output from now on in its pair. */
    public void record() {
        recording = true;
    }

    /** Sequences that are not closed. */
    public List<Pair> pairs() {
        return pairs;
    }

    /** The specification of the cache. */
    public CacheSpec spec() {
        return spec;
    }

    /** What the backend declares. */
    public Capabilities capabilities() {
        return capabilities;
    }

    /** The backend's cache. */
    public KvCache cache() {
        return cache;
    }

    /** The view of the backend's cache. */
    public CacheView view() {
        return view;
    }

    /** Where tensors come from. */
    public Staging staging() {
        return staging;
    }

    /** Where keys, values and queries come from. */
    public Inputs inputs() {
        return inputs;
    }

    Findings findings() {
        return findings;
    }

    StoredRows storedRows() {
        return storedRows;
    }

    TableCheck tables() {
        return tables;
    }

    @Override
    public void close() {
        cache.close();
    }

    /** Makes a legal call; any error it raises is a violation of the rule. */
    void run(int rule, String what, Runnable call) {
        legal(rule, what, () -> {
            call.run();
            return true;
        });
    }

    static <T> T legal(int rule, String what, Supplier<T> call) {
        try {
            return call.get();
        } catch (RuleViolation e) {
            throw e;
        } catch (CapacityException e) {
            throw new RuleViolation(701, what + " failed for capacity, which only opening a step may: " + e, e);
        } catch (ClosedException e) {
            throw new RuleViolation(rule, what + ": something open was reported closed: " + e, e);
        } catch (RuntimeException e) {
            throw new RuleViolation(rule, what + " is legal here but raised " + e, e);
        }
    }
}
