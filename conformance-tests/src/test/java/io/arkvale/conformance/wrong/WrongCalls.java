package io.arkvale.conformance.wrong;

import static io.arkvale.conformance.wrong.WrongBackend.core;

import java.util.List;

/** Mistakes in calls: their order, their checks, tensors, errors. */
final class WrongCalls {
    private static final String CACHE = "CheckedCache.java";
    private static final String STEP = "step/CheckedStep.java";
    private static final String PAGED = "page/PagedStep.java";
    private static final String TENSOR = "tensor/CacheTensor.java";

    private WrongCalls() {}

    static List<WrongBackend> all() {
        return List.of(
                core(
                        202,
                        "rows from the start whatever is asked for",
                        TENSOR,
                        "memory.readRows(firstRow, rows, rowBytes(), target);",
                        "memory.readRows(0, rows, rowBytes(), target);"),
                core(
                        202,
                        "bounds are not checked",
                        TENSOR,
                        "        if (firstRow < 0 || count < 0 || firstRow > rows - count) {",
                        "        if (firstRow < -1) {"),
                core(
                        204,
                        "the first reads come too early",
                        TENSOR,
                        "            memory.readRows(firstRow, rows, rowBytes(), target);\n",
                        """
                                    memory.readRows(firstRow, rows, rowBytes(), target);
                                    if (reads++ < 2) {
                                        target.asSlice(0, rows * rowBytes()).fill((byte) 0);
                                    }
                        """,
                        "            memory.writeRows(firstRow, rows, rowBytes(), source);\n",
                        "            memory.writeRows(firstRow, rows, rowBytes(), source);\n            reads = 0;\n",
                        "    private boolean closed;\n",
                        "    private boolean closed;\n    private int reads;\n"),
                core(
                        205,
                        "shapes are not checked",
                        "tensor/CacheTensors.java",
                        "        CallChecks.tensor(name, own, type, rows, heads, width);\n",
                        ""),
                core(
                        608,
                        "no second prefill after decode",
                        PAGED,
                        "        store(layer, chunk, keys, values);\n    }\n\n    private void store(",
                        """
                                for (var member : members) {
                                    if (member.layer(layer).groups.getFirst().attended().count() > 0) {
                                        throw new io.arkvale.api.CallOrderException("the sequence has decoded");
                                    }
                                }
                                store(layer, chunk, keys, values);
                            }

                            private void store("""),
                core(
                        703,
                        "fused decode attends before it selects",
                        PAGED,
                        "        attended.clear();\n        if (!prefetched) {",
                        """
                                attended.clear();
                                if (!prefetched && members.getFirst().layer(layer).groups.getFirst().attended().count() == 0) {
                                    throw new IllegalStateException("nothing is selected yet");
                                }
                                attendRest(layer, queries, output);
                                if (!prefetched) {""",
                        "            choose(layer, queries, output);\n        }\n        attendRest(layer, queries, output);",
                        "            choose(layer, queries, output);\n        }"),
                core(
                        704,
                        "calls in any order",
                        "step/StepProtocol.java",
                        "        if (phase != needed) {",
                        "        if (phase != needed && current < 0) {"),
                core(
                        708,
                        "commit before every layer is done",
                        "step/StepProtocol.java",
                        "        if (current < layers) {\n            throw",
                        "        if (current < 0) {\n            throw"),
                core(
                        901,
                        "lengths advanced before they are checked",
                        CACHE,
                        "                CallChecks.growth(sequence.length(), entry.tokens());",
                        """
                                        if (entry.tokens() == Integer.MAX_VALUE) {
                                            sequence.setLength(sequence.length() - 1);
                                        }
                                        CallChecks.growth(sequence.length(), entry.tokens());
                        """),
                core(
                        902,
                        "numbers that are not finite go unseen",
                        PAGED,
                        "            if (!isFinite(memory, heads, some)) {\n                notFinite",
                        "            if (heads < 0) {\n                notFinite"),
                core(
                        902,
                        "only the first row of a draft is looked at",
                        PAGED,
                        "rows.first() * stride, rows.rows() * row);",
                        "rows.first() * stride, row);"),
                core(
                        902,
                        "every member named",
                        PAGED,
                        "            if (!isFinite(memory, heads, some)) {\n                notFinite",
                        "            if (firstNotFinite(memory, heads, rows) >= 0) {\n                notFinite"),
                core(
                        903,
                        "one poisoned member undoes the others",
                        STEP,
                        "            return waitFor(finish(tokens));",
                        """
                                    var committed = finish(tokens);
                                    try {
                                        return waitFor(committed);
                                    } catch (io.arkvale.api.DeferredException e) {
                                        work.undo();
                                        throw e;
                                    }
                        """),
                core(
                        904,
                        "poisoned sequences go on",
                        CACHE,
                        "        if (own.isPoisoned()) {",
                        "        if (own.isPoisoned() && own.isClosed()) {"),
                core(
                        905,
                        "closed sequences can be forked",
                        CACHE,
                        "        if (own.isClosed()) {\n            throw",
                        "        if (own.isClosed() && own.isPoisoned()) {\n            throw"),
                core(
                        905,
                        "closed tensors still copy",
                        TENSOR,
                        "        if (closed) {\n            throw",
                        "        if (rows < 0) {\n            throw",
                        "                owner.free(this);\n",
                        ""),
                core(
                        907,
                        "foreign tensors taken",
                        "tensor/CacheTensors.java",
                        "!(tensor instanceof CacheTensor<?> own) || !own.isOf(this)",
                        "!(tensor instanceof CacheTensor<?> own)"));
    }
}
