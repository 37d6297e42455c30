package io.arkvale.conformance.wrong;

import io.arkvale.api.BackendProvider;
import java.util.List;

/** Backends that are right and declare something else than the example does. */
public final class OtherDeclarations {
    private static final String ALL_DIGESTS = """
                            .digests(Digest.values())
                            .digestRange(DigestRange.all(Digest.Form.MOST_PARTS))
            """;

    private static final String ALL_GROUP_SCORES = ".groupScores(GroupScore.values())";

    private OtherDeclarations() {}

    /** A backend that does only what every backend must, and sequences with a budget. */
    public static BackendProvider plain() {
        return provider(WrongBackend.provider(
                ALL_DIGESTS,
                "                .digests(Digest.CUBOID_MEAN)\n",
                ALL_GROUP_SCORES,
                ".groupScores(GroupScore.MEAN)",
                "PagedBackend.declare()",
                "Capabilities.builder()",
                "                .features(Feature.FORK_SETTINGS, Feature.HOST_TENSORS, Feature.ATTENTION_SCALE)\n",
                "",
                "                .features(Feature.LAYER_WINDOWS, Feature.LAYER_BUDGETS, Feature.GROUP_BUDGETS)\n",
                "",
                "                .features(Feature.DETERMINISTIC, Feature.BATCH_INVARIANT)\n",
                ""));
    }

    /** A backend without budgets: a paged cache that attends to everything. */
    public static BackendProvider withoutBudgets() {
        return provider(WrongBackend.provider(ALL_DIGESTS, ""));
    }

    /** A backend that stores rows in eight bits, with a scale for each, and says so. */
    public static BackendProvider eightBits() {
        // Rounding to the nearest step loses half of one; a row of the smallest numbers may lose all.
        return new WrongBackend(0, "eight bits", eightBits("0.5 / 127 + 0x1p-8, 0x1p-24")).provider();
    }

    /**
     * What stores rows in eight bits.
     *
     * @param bound the two numbers of the bound that is declared
     */
    static List<WrongBackend.Patch> eightBits(String bound) {
        return List.of(
                WrongBackend.provider(
                        ALL_GROUP_SCORES,
                        ALL_GROUP_SCORES
                                + ".storedRows(new Capabilities.RowBound(%s), new Capabilities.RowBound(%s))"
                                        .formatted(bound, bound)),
                WrongBackend.device(
                        "                    MemorySegment.copy(values.segment(), value, slot, value(head, token) * type.bytes(), bytes);\n",
                        """
                                            MemorySegment.copy(values.segment(), value, slot, value(head, token) * type.bytes(), bytes);
                                            coarsen(slot, key(head, token));
                                            coarsen(slot, value(head, token));
                        """,
                        "    @Override\n    public void copy(int from, int to) {",
                        """
                            private void coarsen(MemorySegment slot, long at) {
                                float largest = 0;
                                for (int i = 0; i < width; i++) {
                                    largest = Math.max(largest, Math.abs(Elements.get(slot, type, at + i)));
                                }
                                float scale = largest / 127;
                                for (int i = 0; i < width && Float.isFinite(scale); i++) {
                                    float number = Elements.get(slot, type, at + i);
                                    int steps = scale == 0 ? 0 : Math.clamp(Math.round(number / scale), -127, 127);
                                    Elements.set(slot, type, at + i, steps * scale);
                                }
                            }

                            @Override
                            public void copy(int from, int to) {"""));
    }

    private static BackendProvider provider(WrongBackend.Patch patch) {
        return new WrongBackend(0, "declares something else", List.of(patch)).provider();
    }
}
