package io.arkvale.conformance.lockstep;

import io.arkvale.api.Batch.Role;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.SlotNeed;
import io.arkvale.conformance.oracle.OracleSequence;
import io.arkvale.conformance.oracle.OracleTable;
import io.arkvale.conformance.oracle.PageRecord;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What the pools must have room for: when a call may be refused for want of slots, and when it must not. */
final class Room {
    private final Lockstep lockstep;
    private final CacheSpec spec;

    Room(Lockstep lockstep) {
        this.lockstep = lockstep;
        this.spec = lockstep.spec();
    }

    /** Whether the need of every sequence, members grown by their tokens, fits the pools (rule 702). */
    boolean fits(List<Pair> members, List<Role> roles, int[] tokens) {
        var device = 0L;
        var backup = 0L;
        for (var pair : lockstep.pairs()) {
            var member = members.indexOf(pair);
            var brought = member < 0 ? 0 : tokens[member];
            var length = pair.model().length() + brought;
            var open = member >= 0 && roles.get(member).leavesPromptOpen();
            var need = need(pair.model(), length, brought, open);
            device += need.device();
            backup += need.backup();
        }
        return device <= spec.deviceSlots() && backup <= spec.hostSlots() + spec.diskSlots();
    }

    /** Device slots that all sequences may need at their present lengths (rule 806). */
    long device() {
        var step = lockstep.step();
        return lockstep.pairs().stream()
                .mapToLong(pair -> need(
                                pair.model(),
                                pair.model().length(),
                                step == null ? 0 : step.tokensOf(pair),
                                step != null && step.leavesPromptOpen(pair))
                        .device())
                .sum();
    }

    private SlotNeed need(OracleSequence sequence, int length, int brought, boolean leftOpen) {
        return sequence.isPromptOpen() || leftOpen
                ? SlotNeed.ofOpenPrompt(spec, sequence.spec(), length, brought)
                : SlotNeed.of(spec, sequence.spec(), length, brought);
    }

    /** Device slots that nobody holds and no step has reserved. */
    private long freeDevice() {
        var memory = lockstep.cache().memory();
        return spec.deviceSlots() - memory.usedDeviceSlots() - memory.reservedDeviceSlots();
    }

    /** Backup slots that nobody holds and the open step cannot come to need. */
    private long freeBackups() {
        var memory = lockstep.cache().memory();
        var step = lockstep.step();
        return spec.hostSlots()
                + spec.diskSlots()
                - memory.usedHostSlots()
                - memory.usedDiskSlots()
                - (step == null ? 0 : step.mostNewBackups());
    }

    /** Whether a truncation may be refused: pages that come back or are copied, less those that go, exceed what is free. */
    boolean mayRefuseTruncation(Pair pair, int length) {
        var after = pair.model().copy();
        after.truncate(length);
        var held = holders();
        var needed = 0L;
        for (var layer = 0; layer < spec.layers(); layer++) {
            var was = pair.model().table(layer);
            var is = after.table(layer);
            for (var group = 0; group < spec.headGroups(); group++) {
                needed += broughtBack(was, is, group);
                for (var page = Math.max(0, is.pages() - 1); page < was.pages(); page++) {
                    if (was.resident(group).get(page)) {
                        var shared = held.getOrDefault(slot(pair, layer, group, page), 0) > 1;
                        var goes = page >= is.pages();
                        var copied = !goes && length % spec.pageSize() != 0;
                        needed += goes && !shared ? -1 : copied && shared ? 1 : 0;
                    }
                }
            }
        }
        return needed > freeDevice();
    }

    /** Whether a fork may be refused: the pages to be made or brought back, or the backups to be made, exceed what is free. */
    boolean mayRefuseFork(Pair original, OracleSequence fork) {
        var device = 0L;
        var backup = 0L;
        var passes = false;
        for (var layer = 0; layer < spec.layers(); layer++) {
            var was = original.model().table(layer);
            var is = fork.table(layer);
            for (var group = 0; group < spec.headGroups(); group++) {
                passes |= is.limited()
                        && !was.sequence().digest().equals(is.sequence().digest())
                        && was.resident(group).nextClearBit(0) < is.filled();
                var copied = is.filled() < is.pages();
                // A page that is copied has a slot of its own, whether the original's is resident or not.
                device += broughtBack(was, is, group)
                        + (copied && was.resident(group).get(is.pages() - 1) ? 1 : 0);
            }
            for (var page = 0; is.limited() && page < is.filled(); page++) {
                backup += isBackedUp(layer, Objects.requireNonNull(is.record(page))) ? 0 : spec.headGroups();
            }
        }
        return device + (passes ? 1 : 0) > freeDevice() || backup > freeBackups();
    }

    private boolean isBackedUp(int layer, PageRecord wanted) {
        for (var pair : lockstep.pairs()) {
            var table = pair.model().table(layer);
            for (var page = 0; page < table.pages(); page++) {
                var record = table.record(page);
                if (record != null && record.backup() == wanted.backup()) {
                    return true;
                }
            }
        }
        return false;
    }

    private static long broughtBack(OracleTable was, OracleTable is, int group) {
        return is.resident(group).stream()
                .filter(page -> !was.resident(group).get(page))
                .count();
    }

    /** How many sequences hold each slot in use. */
    private Map<Long, Integer> holders() {
        var holders = new HashMap<Long, Integer>();
        for (var pair : lockstep.pairs()) {
            if (pair.corrupted()) {
                continue;
            }
            var own = new HashSet<Long>();
            for (var layer = 0; layer < spec.layers(); layer++) {
                for (var group = 0; group < spec.headGroups(); group++) {
                    for (var page :
                            pair.model().table(layer).resident(group).stream().toArray()) {
                        own.add(slot(pair, layer, group, page));
                    }
                }
            }
            own.forEach(slot -> holders.merge(slot, 1, Integer::sum));
        }
        return holders;
    }

    private long slot(Pair pair, int layer, int group, int page) {
        return lockstep.view().page(pair.sequence(), layer, group, page).slot();
    }
}
