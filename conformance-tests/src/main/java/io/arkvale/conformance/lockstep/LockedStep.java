package io.arkvale.conformance.lockstep;

import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.Batch.Role;
import io.arkvale.api.NonFiniteException;
import io.arkvale.api.Step;
import io.arkvale.api.StepReport;
import io.arkvale.conformance.cases.Inputs.What;
import io.arkvale.conformance.oracle.OraclePage;
import io.arkvale.conformance.oracle.OracleSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** An open step of a backend and of the oracle. */
public final class LockedStep {
    /** A group page by its identity: pages that forks share are the same object. */
    private record RecalledPage(int layer, int group, OraclePage page) {
        @Override
        public boolean equals(Object other) {
            return other instanceof RecalledPage that
                    && layer == that.layer
                    && group == that.group
                    && page == that.page;
        }

        @Override
        public int hashCode() {
            return Objects.hash(layer, group, System.identityHashCode(page));
        }
    }

    private record Corruption(Pair pair, What what, int layer, float number, int position) {}

    private final Lockstep lockstep;
    private final Step step;
    private final List<Pair> members;
    private final List<Role> roles;
    private final int[] tokens;
    private final List<OracleSequence> before = new ArrayList<>();
    private final List<StepCounts> counts = new ArrayList<>();
    private final List<List<BitSet>> attendedBefore = new ArrayList<>();
    private final Set<RecalledPage> recalledPages = new HashSet<>();
    private final List<Corruption> corruptions = new ArrayList<>();
    private final DecodeSteps decode;
    private final PrefillSteps prefill;
    private final ForwardSteps forward;
    private long slotsAtOpen;
    private boolean hasCompany;
    private @Nullable HeldScores held;

    LockedStep(Lockstep lockstep, Step step, List<Pair> members, List<Role> roles, int[] tokens) {
        this.lockstep = lockstep;
        this.step = step;
        this.members = List.copyOf(members);
        this.roles = List.copyOf(roles);
        this.tokens = tokens.clone();
        this.decode = new DecodeSteps(lockstep, this);
        this.prefill = new PrefillSteps(lockstep, this);
        this.forward = new ForwardSteps(lockstep, this);
        for (var i = 0; i < members.size(); i++) {
            var pair = members.get(i);
            before.add(pair.model().copy());
            attendedBefore.add(lockstep.tables().attended(pair));
            counts.add(new StepCounts());
            pair.model().grow(tokens[i]);
            require(
                    701,
                    pair.sequence().length() == pair.model().length(),
                    "after opening the step a length is %d, must be %d",
                    pair.sequence().length(),
                    pair.model().length());
        }
    }

    /** The step has opened and what it has reserved can be asked for. */
    void opened() {
        slotsAtOpen = MemoryCheck.verifyReservation(lockstep);
    }

    /**
     * Sequences outside the batch have taken slots while the step is open, or given some back. What they may need counts no
     * more once they are closed, while the step keeps what it has reserved on their account.
     */
    void othersTook(long slots) {
        slotsAtOpen += slots;
        hasCompany = true;
    }

    /** Backup slots that the step may come to need beyond those in use when it opened. */
    long mostNewBackups() {
        var spec = lockstep.spec();
        var most = 0L;
        for (var i = 0; i < members.size(); i++) {
            var model = members.get(i).model();
            var filled = model.length() / spec.pageSize() - (model.length() - tokens[i]) / spec.pageSize();
            for (var layer = 0; layer < spec.layers(); layer++) {
                most += model.table(layer).limited() ? (long) filled * spec.headGroups() : 0;
            }
        }
        return most;
    }

    /** Tokens that the step brings to a sequence; 0 if it is not a member. */
    int tokensOf(Pair pair) {
        var member = members.indexOf(pair);
        return member < 0 ? 0 : tokens[member];
    }

    /** Whether the step leaves the prompt of a sequence open. */
    boolean leavesPromptOpen(Pair pair) {
        var member = members.indexOf(pair);
        return member >= 0 && roles.get(member).leavesPromptOpen();
    }

    /** The backend's step. */
    public Step step() {
        return step;
    }

    /** The members of the batch. */
    public List<Pair> members() {
        return members;
    }

    /** The five steps of decode, one by one or fused. */
    public DecodeSteps decode() {
        return decode;
    }

    /** Prefill and ingest. */
    public PrefillSteps prefill() {
        return prefill;
    }

    /** Layers of a batch whose members have roles. */
    public ForwardSteps forward() {
        return forward;
    }

    /** Roles of the members. */
    public List<Role> roles() {
        return roles;
    }

    /** Tokens of each member. */
    public int[] tokens() {
        return tokens.clone();
    }

    /** Notes that pages of a member's table were recalled. */
    void recalled(int member, int layer, int group, BitSet pages) {
        counts.get(member).recalled(pages.cardinality());
        var table = members.get(member).model().table(layer);
        pages.stream().forEach(page -> recalledPages.add(new RecalledPage(layer, group, table.page(page))));
    }

    StepCounts counts(int member) {
        return counts.get(member);
    }

    /**
     * Feeds a member a number that is not finite from now on, in the given kind of row and layer. The step must then end
     * by {@link #commitCorrupted()} or {@link #rollBack()}.
     */
    public void corrupt(int member, What what, int layer, float number) {
        for (var token = 0; token < tokens[member]; token++) {
            corrupt(member, what, layer, number, token);
        }
    }

    /** The same in one row alone: that of the member's given token, counted from the first of the step. */
    public void corrupt(int member, What what, int layer, float number, int token) {
        var pair = members.get(member);
        pair.corrupt();
        var position = pair.model().length() - tokens[member] + token;
        corruptions.add(new Corruption(pair, what, layer, number, position));
    }

    /** The row of a member's token. */
    float[] row(What what, Pair pair, int position, int layer) {
        var row = lockstep.inputs().row(what, pair.text(), position, layer);
        for (var corruption : corruptions) {
            if (corruption.pair() == pair
                    && corruption.what() == what
                    && corruption.layer() == layer
                    && corruption.position() == position) {
                row[position % row.length] = corruption.number();
            }
        }
        return row;
    }

    /** Rows of the members' newest tokens: one each. */
    List<float[]> lastRows(What what, int layer) {
        var rows = new ArrayList<float[]>();
        for (var pair : members) {
            rows.add(row(what, pair, pair.model().length() - 1, layer));
        }
        return rows;
    }

    /** Hands keys and values to the model's tables: one token per member. */
    void append(int layer, List<float[]> keys, List<float[]> values) {
        members.forEach(Pair::decode);
        for (var i = 0; i < members.size(); i++) {
            lockstep.storedRows().append(members.get(i), layer, keys.subList(i, i + 1), values.subList(i, i + 1));
        }
    }

    /** Takes over the digests of the pages that this step has filled: scores cannot be known before. */
    void adoptNewDigests(int member, int layer) {
        var pair = members.get(member);
        var table = pair.model().table(layer);
        var before = (pair.model().length() - tokens[member]) / lockstep.spec().pageSize();
        for (var page = before; table.limited() && page < table.filled(); page++) {
            lockstep.tables().verifyDigests(pair, table, page);
        }
    }

    /** Compares the members' tables in a layer. */
    void verify(int layer, int residenceRule) {
        for (var pair : members) {
            if (!pair.corrupted()) {
                lockstep.tables().verify(pair, layer, residenceRule);
            }
        }
    }

    /** Holds the tensor of an estimate in place of the one before. */
    void hold(HeldScores scores) {
        held = scores;
    }

    /** A call was made: the tensor of the last estimate must not have changed. */
    void called(String call, int layer) {
        if (held != null) {
            held.verify(call + " of layer " + layer);
        }
    }

    /** A layer is done: the step must have kept to its reservation. */
    void layerDone(int layer) {
        if (!hasCompany) {
            MemoryCheck.verifyReservation(lockstep);
        }
        var used = lockstep.cache().memory().usedDeviceSlots();
        require(
                806,
                used <= slotsAtOpen,
                "after layer %d %d device slots are in use; when the step opened %d were in use or reserved",
                layer,
                used,
                slotsAtOpen);
    }

    /** Commits and compares everything. */
    public StepReport commit() {
        var report = Lockstep.legal(708, "commit of a step whose layers are all done", step::commit);
        ended(report);
        for (var layer = 0; layer < lockstep.spec().layers(); layer++) {
            if (lockstep.spec().hasWindow(layer)) {
                verify(layer, 308);
            }
        }
        lockstep.verify(706, 806);
        return report;
    }

    /** Commits without waiting (rule 713). */
    public UnseenReport commitAsync() {
        var pending = Lockstep.legal(713, "commitAsync of a step whose layers are all done", step::commitAsync);
        over();
        lockstep.unseen(1);
        return new UnseenReport(this, pending);
    }

    /** Commits and keeps only the first tokens of each member (rule 710). */
    public StepReport commit(int... kept) {
        var attended = new ArrayList<List<BitSet>>();
        members.forEach(pair -> attended.add(lockstep.tables().attended(pair)));
        var report = Lockstep.legal(
                710, "commit of " + Arrays.toString(kept) + " of " + Arrays.toString(tokens), () -> step.commit(kept));
        for (var i = 0; i < members.size(); i++) {
            if (kept[i] < tokens[i]) {
                lockstep.truncated(members.get(i), members.get(i).model().length() - tokens[i] + kept[i]);
            }
        }
        ended(report);
        var what = "after commit of " + Arrays.toString(kept) + " of " + Arrays.toString(tokens) + ": ";
        lockstep.verifyAs(710, what, () -> {
            lockstep.verify(710, 710);
            for (var i = 0; i < members.size(); i++) {
                lockstep.tables().verifyAttended(710, members.get(i), attended.get(i));
            }
        });
        return report;
    }

    private void ended(StepReport report) {
        over();
        reported(report);
    }

    private void over() {
        lockstep.ended();
        for (var i = 0; i < members.size(); i++) {
            members.get(i).model().endStep(roles.get(i).leavesPromptOpen());
        }
        Lockstep.legal(708, "closing a committed step", () -> {
            step.close();
            return true;
        });
    }

    /** The report of a step that was committed without waiting has been asked for. */
    void seen(StepReport report) {
        lockstep.unseen(-1);
        reported(report);
    }

    /** Compares what a committed step reports. */
    private void reported(StepReport report) {
        lockstep.committed(report);
        var sequences = Lockstep.legal(507, "report", report::sequences);
        require(507, sequences.size() == members.size(), "the report has %d sequences", sequences.size());
        for (var i = 0; i < members.size(); i++) {
            counts.get(i)
                    .verify(
                            roleRule(i, 507),
                            sequences.get(i),
                            "member " + i + " of " + members.size() + ", " + what(i));
            members.get(i).counted(sequences.get(i));
        }
        var slotBytes = lockstep.cache().slotBytes();
        require(
                507,
                report.recalledBytes() <= recalledPages.size() * slotBytes,
                "the step reported %d recalled bytes, must be at most %d: %d different group pages were recalled, of %d"
                        + " bytes each; one that several members recall is copied once",
                report.recalledBytes(),
                recalledPages.size() * slotBytes,
                recalledPages.size(),
                slotBytes);
    }

    /** The rule that a member's role stands under, or the given one if it has no role. */
    int roleRule(int member, int byCall) {
        return switch (roles.get(member)) {
            case BY_CALL -> byCall;
            case DECODE -> tokens[member] > 1 ? 610 : 609;
            default -> 609;
        };
    }

    /** What a member does, in words. */
    String what(int member) {
        return roles.get(member) + " of " + tokens[member] + (tokens[member] == 1 ? " token" : " tokens");
    }

    /**
     * Commits a step with corrupted members: it must name exactly those, and all others have taken it (rules 902 and
     * 903).
     */
    public void commitCorrupted() {
        var error = notFinite(902, "commit", step::commit);
        over();
        requireNamed(error);
        lockstep.verify(903, 903);
    }

    /**
     * Commits a step with corrupted members without waiting: the error must show in the report, however often it is asked
     * for (rule 713).
     *
     * @param meanwhile is done before the report is asked for
     */
    public void commitCorruptedAsync(Runnable meanwhile) {
        var pending = Lockstep.legal(713, "commitAsync of a step with a number that is not finite", step::commitAsync);
        over();
        lockstep.unseen(1);
        meanwhile.run();
        notFinite(713, "await", pending::await);
        var error = notFinite(713, "await for the second time", pending::await);
        lockstep.unseen(-1);
        requireNamed(error);
        lockstep.verify(903, 903);
    }

    private static NonFiniteException notFinite(int rule, String what, Supplier<StepReport> call) {
        try {
            var _ = call.get();
        } catch (NonFiniteException e) {
            return e;
        } catch (RuntimeException e) {
            throw new RuleViolation(rule, "a number that is not finite must raise NonFiniteException, raised " + e, e);
        }
        throw new RuleViolation(rule, what + " of a step with a number that is not finite raised nothing");
    }

    private void requireNamed(NonFiniteException error) {
        error.report().ifPresentOrElse(lockstep::committed, lockstep::committedUnseen);
        var named = Set.copyOf(error.poisoned());
        for (var pair : members) {
            require(
                    902,
                    named.contains(pair.sequence()) == pair.corrupted(),
                    "of the members with numbers that are not finite %d are named, exactly those must be",
                    named.size());
            require(
                    904,
                    pair.sequence().isPoisoned() == pair.corrupted(),
                    "isPoisoned is %s after NonFiniteException",
                    pair.sequence().isPoisoned());
        }
    }

    /** Closes the step without commit: everything is as it was before (rule 705). */
    public void rollBack() {
        lockstep.run(705, "closing a step without commit", step::close);
        lockstep.ended();
        for (var i = 0; i < members.size(); i++) {
            members.get(i).model().restore(before.get(i));
            members.get(i).heal();
        }
        lockstep.verify(705, 705);
        for (var i = 0; i < members.size(); i++) {
            lockstep.tables().verifyAttended(705, members.get(i), attendedBefore.get(i));
        }
    }
}
