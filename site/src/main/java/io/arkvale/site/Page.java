package io.arkvale.site;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;

/** A Markdown file as HTML. Headings have the ids that GitHub gives them; wide tables scroll by themselves. */
final class Page {
    private static final List<org.commonmark.Extension> EXTENSIONS = List.of(TablesExtension.create());

    private static final Parser PARSER = Parser.builder().extensions(EXTENSIONS).build();
    private static final HtmlRenderer RENDERER =
            HtmlRenderer.builder().extensions(EXTENSIONS).build();
    private static final Pattern ELSEWHERE = Pattern.compile("[a-z]+:.*");

    private final Document document;

    private Page(Document document) {
        this.document = document;
    }

    static Page of(String markdown) {
        var document = Jsoup.parseBodyFragment(RENDERER.render(PARSER.parse(markdown)));
        document.outputSettings().prettyPrint(false);
        var headings = new HashMap<String, Integer>();
        for (var heading : document.select("h1, h2, h3, h4")) {
            var id = id(heading.text());
            var earlier = headings.merge(id, 1, Integer::sum) - 1;
            heading.attr("id", earlier == 0 ? id : id + "-" + earlier);
        }
        for (var table : document.select("table")) {
            // A scrolling part of a page is reached by the keyboard too.
            table.wrap("<div class=\"table\" tabindex=\"0\"></div>");
        }
        return new Page(document);
    }

    /** Letters in lower case, digits and hyphens; a hyphen for each space. */
    private static String id(String heading) {
        return heading.toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}_\\- ]", "")
                .replace(' ', '-');
    }

    /** The first heading. */
    String title() {
        var heading = document.selectFirst("h1");
        if (heading == null) {
            throw new IllegalArgumentException("a page needs a heading of the first level");
        }
        return heading.text();
    }

    String body() {
        return document.body().html();
    }

    /** Links to files of this repository, to parts of this page and the files of pictures, in the page's order. */
    List<Link> links() {
        return Stream.of("href", "src", "srcset")
                .flatMap(attribute ->
                        document.select("[" + attribute + "]").stream().map(element -> new Link(element, attribute)))
                .filter(link -> !ELSEWHERE.matcher(link.text()).matches())
                .toList();
    }

    /** An attribute of an element that names a file, which may be followed by {@code #} and a heading's id. */
    record Link(Element element, String attribute) {
        private String text() {
            return element.attr(attribute);
        }

        /** The file, relative to the page; empty for a part of the page itself. */
        String target() {
            return text().split("#", -1)[0];
        }

        void replace(String target) {
            element.attr(attribute, target + text().substring(target().length()));
        }
    }
}
