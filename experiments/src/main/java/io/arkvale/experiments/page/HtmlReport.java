package io.arkvale.experiments.page;

import io.arkvale.experiments.drawing.ChartDrawing;
import io.arkvale.experiments.drawing.Theme;
import io.arkvale.experiments.figure.Comparison;
import io.arkvale.experiments.figure.Drawn;
import io.arkvale.experiments.figure.Figure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** One page with all figures, which needs no other file. It links to the files of numbers and charts beside it. */
public final class HtmlReport {
    /**
     * A figure with where its numbers come from.
     *
     * @param pictures SVG documents by the names of their charts
     * @param commands command lines that measure them again
     */
    public record Part(Figure figure, Drawn drawn, Map<String, String> pictures, List<String> commands) {
        /** Draws the charts of a figure. */
        public static Part of(Figure figure, Drawn drawn, List<String> commands) {
            var pictures = new LinkedHashMap<String, String>();
            drawn.charts().forEach(chart -> pictures.put(chart.labels().name(), ChartDrawing.svg(chart, Theme.AUTO)));
            return new Part(figure, drawn, pictures, commands);
        }

        /** How many of its comparisons agree, of how many. */
        public String agreement() {
            var judged = drawn.comparisons().stream().filter(Comparison::enough).toList();
            var rest = drawn.comparisons().size() - judged.size();
            if (judged.isEmpty()) {
                return rest == 0 ? "nothing to compare" : "too few samples";
            }
            var agreeing = judged.stream().filter(Comparison::agrees).count();
            return agreeing + " of " + judged.size() + (rest == 0 ? "" : ", too few samples for " + rest);
        }
    }

    private static final String STYLE = "report.css";

    private HtmlReport() {}

    /**
     * Writes the page.
     *
     * @param context what the run was: values by name
     */
    public static String of(Map<String, String> context, List<Part> parts) {
        var page = new StringBuilder("""
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <title>ArkVale reproduced</title>
                <style>
                """);
        page.append(style()).append("</style>\n</head>\n<body>\n<header>\n");
        page.append(Html.element("h1", "ArkVale reproduced"));
        page.append(Html.element(
                "p",
                "Figures and tables of Chen et al., ArkVale: Efficient Generative LLM Inference with Recallable Key-Value"
                        + " Eviction (NeurIPS 2024), measured again, the paper's values beside the ones found here."));
        page.append("</header>\n<nav>\n<h2>Contents</h2>\n")
                .append(contents(parts))
                .append("</nav>\n<main>\n");
        parts.forEach(part -> page.append(section(part)));
        page.append("<section id=\"run\">\n<h2>The run</h2>\n")
                .append(context(context))
                .append("</section>\n");
        return page.append("</main>\n</body>\n</html>\n").toString();
    }

    private static String contents(List<Part> parts) {
        var rows = new ArrayList<List<String>>();
        for (var part : parts) {
            var figure = part.figure();
            rows.add(List.of(
                    Html.link("#" + figure.name(), figure.name()), Html.escape(figure.title()), part.agreement()));
        }
        rows.add(List.of(Html.link("#run", "run"), "versions, device, seed and options", ""));
        return Html.table(List.of("part", "what it shows", "comparisons that agree"), rows);
    }

    private static String section(Part part) {
        var figure = part.figure();
        var drawn = part.drawn();
        var text = new StringBuilder("<section id=\"" + figure.name() + "\">\n");
        text.append(Html.element("h2", figure.name() + ": " + figure.title()));
        text.append("<p><b>In the paper:</b> ")
                .append(Html.escape(figure.paper()))
                .append("</p>\n");
        text.append("<div class=\"pictures\">\n");
        part.pictures().forEach((name, svg) -> {
            text.append("<figure id=\"picture-").append(name).append("\">\n");
            text.append(svg.strip()).append("\n<figcaption>");
            text.append(Html.link(name + ".svg", name + ".svg")).append("</figcaption>\n</figure>\n");
        });
        text.append("</div>\n");
        if (!drawn.comparisons().isEmpty()) {
            text.append(comparisons(drawn.comparisons()));
        }
        drawn.notes().forEach(note -> text.append(Html.element("p", note)));
        text.append("<p>All numbers: ").append(Html.link(figure.name() + ".csv", figure.name() + ".csv"));
        text.append(".<span class=\"screen\"> Back to the ").append(Html.link("#", "contents"));
        text.append(".</span></p>\n");
        if (part.commands().isEmpty()) {
            return text.append("</section>\n").toString();
        }
        text.append("<details><summary>Commands that measure it again</summary>\n<pre>");
        text.append(part.commands().stream().map(Html::escape).collect(Collectors.joining("\n")));
        return text.append("</pre></details>\n</section>\n").toString();
    }

    private static String comparisons(List<Comparison> comparisons) {
        return Html.table(
                List.of("quantity", "paper", "here", ""),
                comparisons.stream()
                        .map(one -> List.of(
                                Html.escape(one.quantity()) + "<small>agrees if: " + Html.escape(one.criterion())
                                        + "</small>",
                                Html.list(one.paper()),
                                Html.list(one.here()),
                                "<span class=\"" + one.verdict().replace(' ', '-') + "\">" + one.verdict() + "</span>"))
                        .toList());
    }

    private static String context(Map<String, String> context) {
        var rows = new ArrayList<List<String>>();
        context.forEach((name, value) -> rows.add(List.of(Html.escape(name), Html.escape(value))));
        return Html.table(List.of("", ""), rows);
    }

    private static String style() {
        try (var stream = HtmlReport.class.getResourceAsStream(STYLE)) {
            if (stream == null) {
                throw new IllegalStateException("resource " + STYLE + " is missing from the jar");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
