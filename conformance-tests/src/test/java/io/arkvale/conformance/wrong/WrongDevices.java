package io.arkvale.conformance.wrong;

import static io.arkvale.conformance.wrong.WrongBackend.core;
import static io.arkvale.conformance.wrong.WrongBackend.device;

import java.util.List;

/** Mistakes in a device: bytes, digests, scores, attention. */
final class WrongDevices {
    private static final String COPY_OUT = "Elements.set(output.segment(), type, at + i, mixed[i]);";
    private static final String NUDGE = "mixed[i] + %s * Math.ulp(mixed[i])";

    private WrongDevices() {}

    static List<WrongBackend> all() {
        return List.of(
                device(
                        107,
                        "scratch shared by all caches",
                        "        var weights = new float[to - from];\n",
                        """
                                int inside = INSIDE.incrementAndGet();
                                java.util.concurrent.locks.LockSupport.parkNanos(1000);
                                boolean alone = inside == 1 && INSIDE.get() == 1;
                                INSIDE.decrementAndGet();
                                if (!alone) {
                                    return new float[width];
                                }
                                var weights = new float[to - from];
                        """,
                        "    private final CacheSpec spec;\n",
                        """
                            private static final java.util.concurrent.atomic.AtomicInteger INSIDE =
                                    new java.util.concurrent.atomic.AtomicInteger();
                            private final CacheSpec spec;
                        """),
                core(
                        201,
                        "new tensors are not cleared",
                        "tensor/HostTensorDevice.java",
                        "return new HostMemory(bytes, rowBytes);",
                        "var memory = new HostMemory(bytes, rowBytes); memory.segment().fill((byte) 1); return memory;"),
                device(
                        404,
                        "the softmax of scores with the usual scale, whatever the cache's",
                        "softmax(own, (float) spec.attentionScale());",
                        "softmax(own, (float) (1 / Math.sqrt(width)));"),
                device(
                        601,
                        "attention with the usual scale, whatever the cache's",
                        "softmax(weights, (float) spec.attentionScale());",
                        "softmax(weights, (float) (1 / Math.sqrt(width)));"),
                device(203, "the row after the last is written too", COPY_OUT, COPY_OUT + """
                                 long next = at + i + output.rowStride() / type.bytes();
                                if (next < output.bytes() / type.bytes()) {
                                    Elements.set(output.segment(), type, next, mixed[i]);
                                }
                                """),
                device(
                        301,
                        "keys and values swapped",
                        "MemorySegment.copy(keys.segment(), key, slot",
                        "MemorySegment.copy(values.segment(), value, slot",
                        "MemorySegment.copy(values.segment(), value, slot, value(",
                        "MemorySegment.copy(keys.segment(), key, slot, value("),
                device(
                        606,
                        "a score off by one page",
                        "var summary = block(part.blocks().applyAsInt(page))",
                        "var summary = block(part.blocks().applyAsInt(Math.max(0, page - 1)))"),
                device(
                        403,
                        "sum instead of mean",
                        "own[page] / spec.queryHeadsPerGroup()",
                        "own[page] / (part.groupScore() == GroupScore.MEAN ? 1 : spec.queryHeadsPerGroup())"),
                device(
                        404,
                        "softmax of scores without the scale",
                        "softmax(own, (float) spec.attentionScale());",
                        "softmax(own, 1);"),
                device(
                        506,
                        "a slot copied wrongly on its way back",
                        "MemorySegment.copy(copy.memory(), copy.at(), slot(copy.slot()), 0, slotBytes);",
                        """
                        MemorySegment.copy(copy.memory(), copy.at(), slot(copy.slot()), 0, slotBytes);
                        Elements.set(slot(copy.slot()), type, 0, 1 + Elements.get(slot(copy.slot()), type, 0));
                        """),
                device(
                        601,
                        "logits without 1/√d",
                        "softmax(weights, (float) spec.attentionScale());",
                        "softmax(weights, 1);"),
                device(
                        601,
                        "values of the newest token left out",
                        "        for (int token = from; token < to; token++) {\n            var value = row(",
                        "        for (int token = from; token < to - 1; token++) {\n            var value = row("),
                device(
                        601,
                        "attention from token 257 on is that of the token before",
                        "var value = row(page(work, token), value(head, token % spec.pageSize()));",
                        """
                        int seen = token < 257 ? token : token - 1;
                        var value = row(page(work, seen), value(head, seen % spec.pageSize()));"""),
                device(
                        603,
                        "softmax without subtracting the largest",
                        "float most = most(numbers) * scale;",
                        "float most = 0;"),
                device(604, "prefill sees the whole chunk", "part.seen(row), query", "part.tokens(), query"),
                device(
                        707,
                        "every row gets the output of the batch's first",
                        COPY_OUT,
                        "Elements.set(output.segment(), type, at + i, part.rows() == 1 && part.row() > 0"
                                + " ? Elements.get(output.segment(), type, at + i - (long) part.row() * spec.queryHeads() * width)"
                                + " : mixed[i]);"),
                device(
                        607,
                        "prefill sums digests in another order than ingest",
                        "        for (var page : pages) {\n",
                        "        fresh.addAll(pages);\n        for (var page : pages) {\n",
                        "        for (var part : work) {\n            for (int row = 0;",
                        """
                                for (var page : fresh) {
                                    if (page.digest().shape() == Digest.Shape.SPHERE && work.getFirst().rows() > 1) {
                                        var digest = block(page.block())[0];
                                        digest[width] += Math.ulp(digest[width]);
                                    }
                                }
                                fresh.clear();
                                for (var part : work) {
                                    for (int row = 0;""",
                        "    private final CacheSpec spec;\n",
                        "    private final List<FilledPage> fresh = new java.util.ArrayList<>();\n    private final CacheSpec spec;\n"),
                device(
                        803,
                        "sums in another order once a fork has gone its own way",
                        COPY_OUT,
                        COPY_OUT.replace("mixed[i]", NUDGE.formatted("copies")),
                        "        slot(to).copyFrom(slot(from));\n",
                        "        slot(to).copyFrom(slot(from));\n        copies = 1;\n",
                        "    private final CacheSpec spec;\n",
                        "    private int copies;\n    private final CacheSpec spec;\n"),
                device(
                        801,
                        "sums in random order",
                        COPY_OUT,
                        COPY_OUT.replace(
                                "mixed[i]",
                                NUDGE.formatted("java.util.concurrent.ThreadLocalRandom.current().nextInt(2)"))),
                device(
                        802,
                        "work split by the size of the batch",
                        COPY_OUT,
                        COPY_OUT.replace("mixed[i]", NUDGE.formatted("(work.size() - 1)"))));
    }
}
