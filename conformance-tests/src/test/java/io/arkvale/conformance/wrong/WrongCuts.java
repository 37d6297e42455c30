package io.arkvale.conformance.wrong;

import static io.arkvale.conformance.wrong.WrongBackend.core;

import java.util.List;

/** Mistakes in sequences that are cut or forked at a length, and in commits of a part. */
final class WrongCuts {
    private static final String TRUNCATION = "page/Truncation.java";
    private static final String FORK = "page/SettingsFork.java";

    private WrongCuts() {}

    static List<WrongBackend> all() {
        return List.of(
                core(
                        709,
                        "the digest stays on a page that truncation has opened",
                        TRUNCATION,
                        "list.resize(length / spec.pageSize())",
                        "list.resize(Math.min(list.pages(), spec.pages(length)))"),
                core(
                        709,
                        "the backup stays on a page that truncation has opened",
                        TRUNCATION,
                        "        if (length % spec.pageSize() != 0) {\n            layer.groups.forEach(",
                        "        if (length < 0) {\n            layer.groups.forEach("),
                core(
                        709,
                        "a page cut short is written in place under a fork",
                        "table/PageStore.java",
                        "        if (!slots.isShared(shared)) {\n            links.unlink(shared);\n        } else {",
                        "        if (!slots.isShared(shared) || table.backup(page) == null) {\n            links.unlink(shared);\n        } else {"),
                core(
                        709,
                        "evicted pages stay away though the sequence is within its budget again",
                        TRUNCATION,
                        "        return !table.isResident(page) && sequence.residence().bringsBack(",
                        "        return !table.isResident(page) && sequence.residence().isOverBudget(layer, group, spec.pages(length)) && sequence.residence().bringsBack("),
                core(
                        709,
                        "pages that are gone are still attended pages",
                        TRUNCATION,
                        "            table.attended().cutBelow(table.pages());\n",
                        ""),
                core(
                        709,
                        "longer than the sequence is taken",
                        "tensor/CallChecks.java",
                        "        if (length < least || length > most) {",
                        "        if (length < least) {"),
                core(
                        710,
                        "the last member keeps what it rejects",
                        "page/PagedStep.java",
                        "            if (kept[member.index()] < member.tokens()\n",
                        "            if (kept[member.index()] < member.tokens() && member.index() < Math.max(1, members.size() - 1)\n"),
                core(
                        710,
                        "any number is taken of a member that brings a prompt",
                        "step/CheckedStep.java",
                        "            int least = member.role() == Role.DECODE ? 0 : most;",
                        "            int least = 0;"),
                core(
                        711,
                        "the digest of the other kind is kept",
                        FORK,
                        "|| !source.spec().digest().equals(settings.digest()));",
                        "|| source.spec().digest().shape() != settings.digest().shape());"),
                core(
                        711,
                        "evicted pages stay away where the fork has no budget",
                        FORK,
                        "        return fork.residence().bringsBack(layer, group, page, spec.pages(length));",
                        "        return fork.residence().isLimited(layer) && fork.residence().bringsBack(layer, group, page, spec.pages(length));"),
                core(
                        711,
                        "slots run out in the middle of a fork",
                        "page/PagedCache.java",
                        "        requireFree(\"device slots\", work.slotsNeeded(), freeSlots(step));\n        requireFree(\"host and disk",
                        "        requireFree(\"host and disk"),
                core(
                        507,
                        "a page that comes back takes a slot though another sequence holds it",
                        "table/PageStore.java",
                        "        return backup.slot() != Backup.NO_SLOT && (",
                        "        return backup.slot() < Backup.NO_SLOT && ("),
                core(
                        711,
                        "a page that another fork has a backup of gets a second one",
                        "table/PageStore.java",
                        "        var backup = links.backup(slot);\n        if (backup == null) {\n            backup = backups.start(slot);\n            links.link(slot, backup);\n        }\n",
                        "        var backup = backups.start(slot);\n        links.link(slot, backup);\n"),
                core(
                        711,
                        "no backups where the original has no budget",
                        FORK,
                        "        return fork.residence().isLimited(layer) && !source.residence().isLimited(layer);",
                        "        return layer < 0;"),
                core(
                        807,
                        "a backend forgets what closed caches have done",
                        "CacheBackend.java",
                        "                closedCaches = closedCaches.plus(cache.done());\n",
                        ""),
                core(
                        807,
                        "steps that were given up count",
                        "CheckedCache.java",
                        "            open = null;\n            if (outcome != null) {\n                pending.add(outcome);",
                        """
                                    open = null;
                                    done = done.plus(new CacheStats(outcome != null ? 0 : 1, 0, 0, 0, 0, 0, 0));
                                    if (outcome != null) {
                                        pending.add(outcome);
                        """));
    }
}
