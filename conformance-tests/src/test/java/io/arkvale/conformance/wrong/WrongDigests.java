package io.arkvale.conformance.wrong;

import static io.arkvale.conformance.wrong.WrongBackend.summary;

import java.util.List;

/** Mistakes in what is kept of a page's keys, and in how it is scored. */
final class WrongDigests {
    private static final String OF_PARTS = "best = Math.max(best, score(query, numbers, part * length));";

    private WrongDigests() {}

    static List<WrongBackend> all() {
        return List.of(
                summary(
                        303,
                        "mean and middle of the distances confused",
                        "case CENTER -> (least(distances) + most(distances)) / 2;",
                        "case CENTER -> mean(distances);",
                        "default -> mean(distances);",
                        "default -> (least(distances) + most(distances)) / 2;"),
                summary(
                        310,
                        "a part's last token left out",
                        "return Arrays.copyOfRange(keys, part * tokens, (part + 1) * tokens);",
                        "int until = Math.max(part * tokens + 1, (part + 1) * tokens - 1);"
                                + " return Arrays.copyOfRange(keys, part * tokens, until);"),
                summary(
                        310,
                        "extents of a bound rounded to the nearest",
                        "digest.isBound() ? Math.ceil(steps) : steps",
                        "steps"),
                summary(
                        310,
                        "extents measured from the centre before it was rounded",
                        "extents(part(keys, part), centres[part]);",
                        "extents(part(keys, part), centre(part(keys, part)));"),
                summary(
                        310,
                        "pairs of neighbours",
                        "case DISC -> distance(keys[j], centre, i, width / 2, 2);",
                        "case DISC -> distance(keys[j], centre, 2 * i, 1, 2);"),
                summary(309, "extents without their factor", "reach * digest.factor()", "reach"),
                summary(
                        309,
                        "steps of the largest extent so far, of whatever page",
                        "            int most = (1 << form.extentBits()) - 1;\n",
                        "            largest = seen = Math.max(seen, largest); int most = (1 << form.extentBits()) - 1;\n",
                        "    private final Digest digest;\n",
                        "    private static float seen;\n\n    private final Digest digest;\n"),
                summary(
                        309,
                        "bits of centres and extents exchanged",
                        "            int most = (1 << form.centreBits()) - 1;\n",
                        "            int most = (1 << Math.max(2, form.extentBits())) - 1;\n",
                        "            int most = (1 << form.extentBits()) - 1;\n",
                        "            int most = (1 << form.centreBits()) - 1;\n"),
                summary(
                        309,
                        "offsets from the run's lowest zero point instead of the element's own",
                        "                float zero = zeros[i - from];\n",
                        "                float zero = least(zeros);\n"),
                summary(402, "the mean of the parts' scores", OF_PARTS, """
                                best = (part == 0 ? 0 : best) + score(query, numbers, part * length) / form.parts();
                                """),
                summary(402, "the first part's score", OF_PARTS, "best = Math.max(best, score(query, numbers, 0));"),
                summary(
                        402,
                        "sphere radius without the query's norm",
                        "default -> distance(query, new float[width], 0, 1, width);",
                        "default -> 1;"),
                summary(
                        402,
                        "discs weighed with pairs of neighbours",
                        "case DISC -> distance(query, new float[width], i, extents, 2);",
                        "case DISC -> distance(query, new float[width], 2 * i, 1, 2);"));
    }
}
