package io.arkvale.conformance.wrong;

import io.arkvale.api.BackendProvider;

/** Mistakes that authors of new backends have made, each of which makes most tests fail. */
public final class PlantedFaults {
    private PlantedFaults() {}

    /** The digest of a page is made when the next page opens. */
    public static BackendProvider lateDigest() {
        return WrongBackend.core(
                        303,
                        "a late digest",
                        "page/RowWriter.java",
                        "        int after = tokens / spec.pageSize();\n        if (!pages.isLimited()",
                        "        int after = (tokens - 1) / spec.pageSize();\n        if (!pages.isLimited()",
                        "        int before = pages.tokens / spec.pageSize();\n        int after",
                        "        int before = Math.max(0, pages.tokens - 1) / spec.pageSize();\n        int after")
                .provider();
    }

    /** The window is taken to be one page shorter where victims are chosen, and its first page goes first. */
    public static BackendProvider evictedWindowPage() {
        return WrongBackend.core(
                        504,
                        "a window page evicted",
                        "select/Selector.java",
                        "next = 0; page < pages - spec.windowPages(); page++) {",
                        "next = 0; page < pages; page++) {",
                        "            } else if (table.isResident(page)) {\n                ranking.add(page, scores.of(page));",
                        """
                                    } else if (table.isResident(page) && table.backup(page) != null) {
                                        ranking.add(page, page >= pages - spec.windowPages() ? Float.NEGATIVE_INFINITY : scores.of(page));
                        """)
                .provider();
    }

    /** Every output of a call is written one row further on, the last into the first. */
    public static BackendProvider swappedOutputs() {
        return WrongBackend.device(
                        601,
                        "outputs in the wrong row",
                        "                    long at = queryAt(output, part.row() + row, part.group(), head);",
                        """
                                            var last = work.getLast();
                                            int next = (part.row() + row + 1) % (last.row() + last.rows());
                                            long at = queryAt(output, next, part.group(), head);
                        """)
                .provider();
    }

    /** In a step whose members have roles, rows are counted as one per member. */
    public static BackendProvider oneRowEach() {
        return WrongBackend.core(
                        609,
                        "one row per member",
                        "CheckedCache.java",
                        "                rows += entry.tokens();",
                        "                rows++;")
                .provider();
    }
}
