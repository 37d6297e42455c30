package io.arkvale.conformance.wrong;

import static io.arkvale.conformance.wrong.WrongBackend.core;
import static io.arkvale.conformance.wrong.WrongBackend.device;

import java.util.List;

/** Mistakes in windows by layer, and in budgets by layer and head group. */
final class WrongShapes {
    private static final String RESIDENCE = "Residence.java";
    private static final String LIST = "page/AttentionList.java";

    private WrongShapes() {}

    static List<WrongBackend> all() {
        return List.of(
                core(
                        308,
                        "pages that leave the window are kept",
                        "page/PagedStep.java",
                        "            store.giveUp(sequence.layer(layer), sequence.firstHeld(layer), firstKept);",
                        "            store.giveUp(sequence.layer(layer), firstKept, firstKept);"),
                core(
                        308,
                        "only the first head group gives its pages up",
                        "table/PageStore.java",
                        "        for (var table : layer.groups) {\n            for (int page = from; page < end; page++) {",
                        "        for (var table : layer.groups.subList(0, 1)) {\n            for (int page = from; page < end; page++) {"),
                core(
                        308,
                        "layers with a window are backed up and scored",
                        RESIDENCE,
                        "boolean isLimited = !cache.hasWindow(layer) && settings.isLimited(layer);",
                        "boolean isLimited = settings.isLimited(layer);"),
                core(
                        509,
                        "the budget of the first layer for all",
                        RESIDENCE,
                        "isLimited ? settings.budgetPages(layer, group)",
                        "isLimited ? settings.budgetPages(settings.isLimited(0) ? 0 : layer, group)"),
                core(
                        509,
                        "the attended pages of the first head group for all",
                        RESIDENCE,
                        "isLimited ? settings.rankedPages(layer, group)",
                        "isLimited ? settings.rankedPages(layer, 0)"),
                core(
                        509,
                        "a head group within its budget chooses because another is over",
                        "step/StepMember.java",
                        "        return residence().isOverBudget(layer, group, pagesAfter());",
                        "        return residence().isOverBudget(layer, pagesAfter());"),
                core(
                        612,
                        "the window is not masked within the oldest page",
                        LIST,
                        "work.next().set(group, table.places(), tokens, row, member.tokens(), spec.window(layer));",
                        "work.next().set(group, table.places(), tokens, row, member.tokens(), CacheSpec.NO_WINDOW);"),
                core(
                        612,
                        "the window is longer by one token",
                        LIST,
                        "work.next().set(group, table.places(), tokens, row, member.tokens(), spec.window(layer));",
                        "work.next().set(group, table.places(), tokens, row, member.tokens(), spec.hasWindow(layer) ? spec.window(layer) + 1 : spec.window(layer));"),
                device(
                        612,
                        "all rows have the window of the last",
                        "attend(part, part.from(row), part.seen(row)",
                        "attend(part, Math.min(part.from(part.rows() - 1), part.seen(row) - 1), part.seen(row)"),
                core(
                        714,
                        "a sequence is cut to where its window is gone",
                        "tensor/CallChecks.java",
                        "        if (length < least || length > most) {",
                        "        if (length < 0 || length > most) {"),
                core(
                        714,
                        "a fork forgets what the original has given up",
                        "CacheSequence.java",
                        "        reach = source.reach;",
                        "        reach = Math.min(reach, source.reach);"));
    }
}
