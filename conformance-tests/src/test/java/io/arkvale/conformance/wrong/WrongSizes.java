package io.arkvale.conformance.wrong;

import java.util.List;

/** Mistakes that begin at a size, as those of loops over blocks do. */
public final class WrongSizes {
    private static final String DIGEST = "block(part.blocks().applyAsInt(page))";
    private static final String SCALED = "        softmax(weights, (float) spec.attentionScale());\n";

    private WrongSizes() {}

    /** Mistakes at sizes that the kit tries of every backend; the rule is 0, since several may show it. */
    public static List<WrongBackend> usual() {
        return List.of(
                WrongBackend.core(
                        0,
                        "only the first 128 pages ranked",
                        "select/Selector.java",
                        "                ranking.add(page, scores.of(page));\n            }\n            ranking.best",
                        "                ranking.add(page, page < 128 ? scores.of(page) : Float.NEGATIVE_INFINITY);\n"
                                + "            }\n            ranking.best"),
                WrongBackend.device(
                        0,
                        "the token after the 128th left out of attention",
                        SCALED,
                        "        if (weights.length > 128) {\n            weights[128] = Float.NEGATIVE_INFINITY;\n        }\n"
                                + SCALED),
                WrongBackend.device(
                        0,
                        "scores one page off from page 64 on",
                        DIGEST,
                        "block(part.blocks().applyAsInt(page < 64 ? page : page - 1))"),
                WrongBackend.device(
                        0,
                        "outputs of members from the 33rd on in the row before",
                        "                    long at = queryAt(output, part.row() + row, part.group(), head);",
                        "                    int to = part.rows() == 1 && part.row() >= 32 ? part.row() - 1 : part.row() + row;\n"
                                + "                    long at = queryAt(output, to, part.group(), head);"));
    }

    /** A mistake at page 100, at a size that the backend names or does not. */
    public static WrongBackend atHundred(boolean named) {
        // Of longer sequences another path takes care, which is right: only the edge shows the mistake.
        var mistake = WrongBackend.device(
                DIGEST,
                "block(part.blocks().applyAsInt(part.pages() > 100 && part.pages() < 103 && page >= 100 ? page - 1 : page))");
        var name = WrongBackend.provider(
                ".groupScores(GroupScore.values())",
                ".groupScores(GroupScore.values()).blockSizes(Capabilities.Unit.PAGES, 100)");
        return new WrongBackend(
                0, "scores one page off at page 100", named ? List.of(mistake, name) : List.of(mistake));
    }
}
