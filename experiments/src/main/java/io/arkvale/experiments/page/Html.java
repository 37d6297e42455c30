package io.arkvale.experiments.page;

import java.util.List;
import java.util.stream.Collectors;

/** Pieces of HTML. */
final class Html {
    private Html() {}

    /** Text as it stands in an element or a quoted attribute. */
    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    /** Text that a narrow column breaks after its slashes, not within the numbers between them. */
    static String list(String text) {
        return "<span class=\"list\">" + escape(text).replace("/", "/<wbr/>") + "</span>";
    }

    /** An element around a text. */
    static String element(String name, String text) {
        return "<" + name + ">" + escape(text) + "</" + name + ">\n";
    }

    /** A link. */
    static String link(String target, String text) {
        return "<a href=\"" + escape(target) + "\">" + escape(text) + "</a>";
    }

    /** A table that scrolls by itself where the page is narrow; cells are HTML already. */
    static String table(List<String> heading, List<List<String>> rows) {
        return "<div class=\"wide\"><table>\n<thead>" + row("th", heading) + "</thead>\n<tbody>"
                + rows.stream().map(row -> row("td", row)).collect(Collectors.joining()) + "</tbody>\n</table></div>\n";
    }

    private static String row(String cell, List<String> cells) {
        return cells.stream()
                .map(text -> "<" + cell + ">" + text + "</" + cell + ">")
                .collect(Collectors.joining("", "<tr>", "</tr>\n"));
    }
}
