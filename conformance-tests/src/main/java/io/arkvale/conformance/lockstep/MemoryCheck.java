package io.arkvale.conformance.lockstep;

import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.conformance.oracle.OraclePage;
import io.arkvale.conformance.oracle.PageRecord;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

/** Counts slots and digests of all open sequences and compares them with what the cache reports (rule 806). */
final class MemoryCheck {
    private record Place(int layer, int group, OraclePage page) {
        private boolean same(Place other) {
            return layer == other.layer && group == other.group && page.maySharePlace(other.page);
        }
    }

    private MemoryCheck() {}

    /** A wrong count is a violation of the given rule. */
    static void verify(Lockstep lockstep, int rule) {
        var spec = lockstep.spec();
        var bySlot = new HashMap<Long, Place>();
        Set<PageRecord.Backup> backups = Collections.newSetFromMap(new IdentityHashMap<>());
        Set<PageRecord.Kind> digests = new HashSet<>();
        for (var pair : lockstep.pairs()) {
            if (pair.corrupted()) {
                continue;
            }
            for (var layer = 0; layer < spec.layers(); layer++) {
                var table = pair.model().table(layer);
                for (var page = 0; page < table.pages(); page++) {
                    var record = table.record(page);
                    if (record != null) {
                        backups.add(record.backup());
                        digests.add(record.kind());
                    }
                }
                for (var group = 0; group < spec.headGroups(); group++) {
                    for (var page : table.resident(group).stream().toArray()) {
                        var slot = lockstep.view()
                                .page(pair.sequence(), layer, group, page)
                                .slot();
                        claim(bySlot, slot, new Place(layer, group, table.page(page)));
                    }
                }
            }
        }
        var memory = lockstep.cache().memory();
        var used = memory.usedDeviceSlots();
        require(
                806,
                used + memory.reservedDeviceSlots() <= spec.deviceSlots(),
                "%s exceeds %d slots",
                memory,
                spec.deviceSlots());
        require(
                806,
                memory.usedHostSlots() <= spec.hostSlots() && memory.usedDiskSlots() <= spec.diskSlots(),
                "%s exceeds its pools",
                memory);
        if (lockstep.step() != null || lockstep.pairs().stream().anyMatch(Pair::corrupted)) {
            return;
        }
        count(rule, "reserved device slots between steps", memory.reservedDeviceSlots(), 0);
        count(rule, "used device slots", used, bySlot.size());
        count(
                rule,
                "used host and disk slots",
                memory.usedHostSlots() + memory.usedDiskSlots(),
                (long) backups.size() * spec.headGroups());
        count(rule, "digests", memory.digests(), (long) digests.size() * spec.kvHeads());
    }

    /**
     * Checks what an open step has reserved: no more than its sequences may need.
     *
     * @return slots in use and reserved
     */
    static long verifyReservation(Lockstep lockstep) {
        var memory = lockstep.cache().memory();
        var need = lockstep.room().device();
        var taken = memory.usedDeviceSlots() + memory.reservedDeviceSlots();
        require(
                806,
                memory.reservedDeviceSlots() >= 0 && taken <= Math.max(need, memory.usedDeviceSlots()),
                "%d device slots are in use and %d reserved for the rest of the step, %d together; all sequences need"
                        + " at most %d: a reservation is what may come on top of the slots in use",
                memory.usedDeviceSlots(),
                memory.reservedDeviceSlots(),
                taken,
                need);
        return taken;
    }

    private static void claim(Map<Long, Place> bySlot, long slot, Place place) {
        var other = bySlot.putIfAbsent(slot, place);
        require(
                706,
                other == null || other.same(place),
                "device slot %d holds two different pages at once: one of layer %d, one of layer %d",
                slot,
                place.layer(),
                other == null ? -1 : other.layer());
    }

    private static void count(int rule, String what, long reported, long counted) {
        require(rule, reported == counted, "%s: reported %d, counted %d", what, reported, counted);
    }
}
