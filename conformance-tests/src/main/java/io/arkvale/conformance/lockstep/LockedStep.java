package io.arkvale.conformance.lockstep;

import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.NonFiniteException;
import io.arkvale.api.Sequence;
import io.arkvale.api.Step;
import io.arkvale.api.StepReport;
import io.arkvale.conformance.cases.Inputs.What;
import io.arkvale.conformance.oracle.OraclePage;
import io.arkvale.conformance.oracle.OracleSequence;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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

    private record Corruption(Pair pair, What what, int layer, float number) {}

    private final Lockstep lockstep;
    private final Step step;
    private final List<Pair> members;
    private final int[] tokens;
    private final List<OracleSequence> before = new ArrayList<>();
    private final List<StepCounts> counts = new ArrayList<>();
    private final List<List<BitSet>> attendedBefore = new ArrayList<>();
    private final Set<RecalledPage> recalledPages = new HashSet<>();
    private final List<Corruption> corruptions = new ArrayList<>();
    private final DecodeSteps decode;
    private final PrefillSteps prefill;
    private final long slotsAtOpen;
    private @Nullable HeldScores held;

    LockedStep(Lockstep lockstep, Step step, List<Pair> members, int[] tokens) {
        this.lockstep = lockstep;
        this.step = step;
        this.members = List.copyOf(members);
        this.tokens = tokens.clone();
        this.decode = new DecodeSteps(lockstep, this);
        this.prefill = new PrefillSteps(lockstep, this);
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
        slotsAtOpen = MemoryCheck.verifyReservation(lockstep);
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

    /** Tokens of each member. */
    int[] tokens() {
        return tokens;
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
        members.get(member).corrupt();
        corruptions.add(new Corruption(members.get(member), what, layer, number));
    }

    /** The row of a member's token. */
    float[] row(What what, Pair pair, int position, int layer) {
        var row = lockstep.inputs().row(what, pair.text(), position, layer);
        for (var corruption : corruptions) {
            if (corruption.pair() == pair && corruption.what() == what && corruption.layer() == layer) {
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
        MemoryCheck.verifyReservation(lockstep);
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
        lockstep.ended();
        var sequences = Lockstep.legal(507, "report", report::sequences);
        require(507, sequences.size() == members.size(), "the report has %d sequences", sequences.size());
        for (var i = 0; i < members.size(); i++) {
            counts.get(i).verify(sequences.get(i));
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
        Lockstep.legal(708, "closing a committed step", () -> {
            step.close();
            return true;
        });
        lockstep.verify(706, 806);
        return report;
    }

    /**
     * Commits a step with corrupted members: it must name exactly those, and all others have taken it (rules 902 and
     * 903).
     */
    public void commitCorrupted() {
        Set<Sequence> named;
        try {
            step.commit();
            throw new RuleViolation(902, "commit of a step with a number that is not finite raised nothing");
        } catch (NonFiniteException e) {
            named = Set.copyOf(e.poisoned());
        } catch (RuntimeException e) {
            throw new RuleViolation(902, "a number that is not finite must raise NonFiniteException, raised " + e, e);
        }
        lockstep.ended();
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
        lockstep.verify(903, 903);
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
            var attended = lockstep.tables().attended(members.get(i));
            require(
                    705,
                    attended.equals(attendedBefore.get(i)),
                    "after the step was closed without commit the attended pages of member %d are %s, must be %s again"
                            + " (one set per layer and head group)",
                    i,
                    attended,
                    attendedBefore.get(i));
        }
    }
}
