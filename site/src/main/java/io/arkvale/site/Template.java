package io.arkvale.site;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jsoup.nodes.Entities;

/** What surrounds every page. */
final class Template {
    private final String html;
    private final boolean javadoc;

    Template(boolean javadoc) throws IOException {
        this.html = resource("page.html");
        this.javadoc = javadoc;
    }

    String fill(Page page, Path source) {
        var root = Site.relative(source, Path.of("")) + (source.getParent() == null ? "" : "/");
        var link = javadoc ? "<a href=\"" + root + "javadoc/index.html\">Javadoc</a>" : "";
        return html.replace("{title}", Entities.escape(page.title()))
                .replace("{root}", root)
                .replace("{javadoc}", link)
                .replace("{body}", page.body());
    }

    static String resource(String name) throws IOException {
        try (var stream = Template.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new FileNotFoundException(name);
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
