package io.arkvale.conformance.wrong;

import static io.arkvale.conformance.wrong.WrongBackend.core;
import static io.arkvale.conformance.wrong.WrongBackend.device;

import java.util.List;

/** Mistakes in steps whose members have roles, in what others do while a step is open, and in steps nobody waits for. */
final class WrongSteps {
    private static final String CACHE = "CheckedCache.java";
    private static final String STEP = "step/CheckedStep.java";
    private static final String PAGED = "page/PagedStep.java";
    private static final String PAGES = "page/PagedCache.java";

    private WrongSteps() {}

    static List<WrongBackend> all() {
        return List.of(
                core(
                        609,
                        "the member behind a prompt gets the rows of the prompt",
                        CACHE,
                        "                rows += entry.tokens();",
                        "                rows++;"),
                core(
                        609,
                        "a prompt ends with its first query",
                        PAGED,
                        "        return member.role() == Role.DECODE ? first : first + member.tokens() - 1;",
                        "        return first;"),
                core(
                        609,
                        "queries that nobody asks for are checked",
                        STEP,
                        "                case INGEST -> {}",
                        "                case INGEST -> read.add(rows);"),
                core(
                        609,
                        "members that only store write their outputs too",
                        PAGED,
                        "                } else if (member.role() != Role.DECODE && member.role().attends()) {",
                        "                } else if (member.role() != Role.DECODE) {"),
                device(
                        610,
                        "a drafted token sees the one after it",
                        "part.seen(row), query",
                        "Math.min(part.tokens(), part.seen(row) + 1), query"),
                core(
                        610,
                        "drafts select with the query of the last",
                        PAGED,
                        "        return member.role() == Role.DECODE ? first : first + member.tokens() - 1;",
                        "        return first + member.tokens() - 1;"),
                core(
                        610,
                        "attended pages count once per drafted token",
                        "page/AttentionList.java",
                        "                member.attendedPages += attended.count();",
                        "                member.attendedPages += (long) member.tokens() * attended.count();"),
                core(
                        610,
                        "drafts beyond the window are taken",
                        "tensor/CallChecks.java",
                        "        if (entry.role() == Batch.Role.DECODE && entry.tokens() > most) {",
                        "        if (entry.role() == Batch.Role.DECODE && entry.tokens() - 1 > most) {"),
                core(
                        611,
                        "a prompt that goes on is evicted down to the budget",
                        PAGED,
                        "member.role().leavesPromptOpen() ? 0 : member.scoredPages(layer));",
                        "member.scoredPages(layer));",
                        "            if (member.endsPrompt() && member.isOverBudget(layer)) {",
                        "            if (member.role() != Role.DECODE && member.isOverBudget(layer)) {"),
                core(
                        611,
                        "a prompt that a step would have ended stays ended when the step is given up",
                        CACHE,
                        "                    member.sequence().setPromptOpen(member.promptOpenBefore());",
                        "                    member.sequence().setPromptOpen(false);"),
                core(
                        704,
                        "a member can be truncated while its step is open",
                        CACHE,
                        "            requireOutside(own, \"truncate\");\n",
                        ""),
                core(
                        704,
                        "forward in a batch without roles",
                        "step/StepProtocol.java",
                        "        if (!hasRoles) {\n            throw",
                        "        if (layer < 0) {\n            throw"),
                core(
                        712,
                        "no sequence begins while a step is open",
                        CACHE,
                        "            requireBeside();\n            CallChecks.settings(settings, spec);",
                        """
                                    if (open != null) {
                                        throw new CallOrderException("a step is open");
                                    }
                                    CallChecks.settings(settings, spec);
                        """),
                core(
                        712,
                        "others take what the step has reserved",
                        PAGES,
                        "store.slots.available() - (step == null ? 0 : step.unusedReservation());",
                        "store.slots.available();"),
                core(
                        712,
                        "what others give back counts as the step's",
                        PAGES,
                        "                step.othersTook(store.slots.used() - before);",
                        "                step.othersTook(Math.max(0, store.slots.used() - before));"),
                core(
                        712,
                        "others share the slots that a member holds alone",
                        "table/PageStore.java",
                        " && (!besideStep || slots.isShared(backup.slot()));",
                        ";"),
                core(
                        713,
                        "the next step has to wait for the report of the last",
                        CACHE,
                        "            settle(CommittedStep::isSettleable);\n            if (open != null) {",
                        "            if (open != null || !pending.isEmpty()) {"),
                core(
                        713,
                        "an error that nobody waited for is lost",
                        "step/CommittedStep.java",
                        "            settle();\n        });\n        return result();",
                        "            settle();\n        });\n        return report;"),
                core(
                        713,
                        "a fork does not ask what became of its original's last step",
                        CACHE,
                        "        settle(step -> step.has(own));\n        return sound(own);",
                        "        return sound(own);"));
    }
}
