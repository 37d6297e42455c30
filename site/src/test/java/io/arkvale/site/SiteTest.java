package io.arkvale.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.stream.Collectors;
import org.jsoup.Jsoup;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages of this repository, and small ones with mistakes. */
class SiteTest {
    private static final Path REPOSITORY = Path.of("..");

    @TempDir
    private Path folder = Path.of("");

    @Test
    void noLinkOfThisRepositoryIsDead() throws IOException {
        Site.write(REPOSITORY, folder);
        assertThat(DeadLinks.in(folder)).isEmpty();
    }

    @Test
    void theReadmeLeadsToEveryPage() throws IOException {
        assertThat(Site.write(REPOSITORY, folder)).containsAll(markdown());
    }

    @Test
    void thePackedDistributionHasWhatItsPagesLinkTo() throws Exception {
        var assembly = REPOSITORY.resolve("dist/src/main/assembly/distribution.xml");
        var packed = Files.createDirectory(folder.resolve("packed"));
        for (var include : Jsoup.parse(assembly.toFile(), "UTF-8", "", Parser.xmlParser())
                .select("include")
                .eachText()) {
            copy(include, packed);
        }
        assertThat(Site.write(packed, folder.resolve("site"))).isEqualTo(Site.write(REPOSITORY, folder.resolve("all")));
    }

    private static void copy(String include, Path target) throws IOException {
        var matcher = REPOSITORY.getFileSystem().getPathMatcher("glob:" + include);
        var fixed = Path.of(include.replaceFirst("[^/]*[*].*", "")); // the folders before the first star
        try (var files = Files.walk(REPOSITORY.resolve(fixed), include.contains("**") ? Integer.MAX_VALUE : 1)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                var name = REPOSITORY.relativize(file);
                if (matcher.matches(name)) {
                    var copy = target.resolve(name);
                    Files.createDirectories(copy.getParent());
                    Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private static Set<Path> markdown() throws IOException {
        try (var files = Files.walk(REPOSITORY, 4)) {
            return files.map(REPOSITORY::relativize)
                    .filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> !file.toString().contains("target")
                            && !file.toString().startsWith("."))
                    .collect(Collectors.toSet());
        }
    }

    @Test
    void aPageBecomesHtmlWithItsLinksAndFiles() throws IOException {
        page("README.md", "# A\n[b](docs/b.md#c-d) [folder](docs) ![p](p.svg) [out](https://example.org)\n");
        page("docs/b.md", "# B\n## C: d\n[a](../README.md)\n\n| x |\n| --- |\n| 1 |\n");
        page("docs/README.md", "# Docs\n");
        page("p.svg", "<svg/>");
        var site = folder.resolve("site");
        assertThat(Site.write(folder, site)).hasSize(3);
        assertThat(site.resolve("index.html"))
                .content()
                .contains("<title>A</title>", "\"docs/b.html#c-d\"", "\"docs/index.html\"", "\"p.svg\"")
                .contains("https://example.org");
        assertThat(site.resolve("docs/b.html"))
                .content()
                .contains("id=\"c-d\"", "\"../index.html\"", "<table>", "\"../style.css\"");
        assertThat(site.resolve("p.svg")).exists();
    }

    @Test
    void aLinkToAMissingFileStopsTheSite() throws IOException {
        page("README.md", "# A\n[b](b.md)\n");
        assertThatThrownBy(() -> Site.write(folder, folder.resolve("site")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessage("README.md links to b.md, which is no page or file of the repository");
    }

    @Test
    void aLinkToAMissingPartOfAPageIsDead() throws IOException {
        page("a.html", "<a href=\"b.html#c\">c</a> <a href=\"b.html#d\">d</a> <a href=\"#e\">e</a>");
        page("b.html", "<h1 id=\"c\">c</h1>");
        assertThat(DeadLinks.in(folder))
                .containsExactly("a.html: the link to b.html#d is dead", "a.html: the link to #e is dead");
    }

    @Test
    void aLinkToAMissingFileOrOutOfTheFolderIsDead() throws IOException {
        page("site/a.html", "<img src=\"p.png\"> <a href=\"../b.html\">b</a>");
        page("b.html", "");
        assertThat(DeadLinks.in(folder.resolve("site")))
                .containsExactlyInAnyOrder(
                        "a.html: the link to p.png is dead", "a.html: the link to ../b.html is dead");
    }

    private void page(String name, String content) throws IOException {
        var file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}
