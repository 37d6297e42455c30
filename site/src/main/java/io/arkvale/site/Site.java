package io.arkvale.site;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/** The pages that the README leads to, by however many links, and the files that they link to. */
final class Site {
    private static final Path START = Path.of("README.md");

    private final Path repository;
    private final Path folder;
    private final Template template;
    private final Set<Path> pages = new LinkedHashSet<>();
    private final Deque<Path> open = new ArrayDeque<>();

    private Site(Path repository, Path folder) throws IOException {
        this.repository = repository;
        this.folder = folder;
        this.template = new Template(Files.isDirectory(folder.resolve("javadoc")));
    }

    /**
     * Writes the site.
     *
     * @param repository where the README is
     * @param folder where the HTML goes; if it holds a folder {@code javadoc}, pages link to it
     * @return the Markdown files that became pages, relative to the repository
     * @throws IOException if a file cannot be read or written
     */
    static Set<Path> write(Path repository, Path folder) throws IOException {
        var site = new Site(repository, folder);
        site.open.add(START);
        while (!site.open.isEmpty()) {
            var page = site.open.remove();
            if (site.pages.add(page)) {
                site.write(page);
            }
        }
        Files.writeString(folder.resolve("style.css"), Template.resource("style.css"));
        return site.pages;
    }

    private void write(Path source) throws IOException {
        var page = Page.of(Files.readString(repository.resolve(source), StandardCharsets.UTF_8));
        for (var link : page.links()) {
            var target = link.target();
            if (!target.isEmpty()) {
                link.replace(place(source, target));
            }
        }
        var file = folder.resolve(html(source));
        Files.createDirectories(file.getParent());
        Files.writeString(file, template.fill(page, source));
    }

    /** Where a link of a page leads in the site; what it names is written there. */
    private String place(Path source, String target) throws IOException {
        var named = source.resolveSibling(target).normalize();
        if (!named.startsWith("..") && Files.isDirectory(repository.resolve(named))) {
            named = named.resolve("README.md");
        }
        if (named.startsWith("..") || !Files.isRegularFile(repository.resolve(named))) {
            throw new NoSuchFileException(
                    source + " links to " + target + ", which is no page or file of the repository");
        }
        if (named.toString().endsWith(".md")) {
            open.add(named);
            return relative(source, html(named));
        }
        var copy = folder.resolve(named);
        Files.createDirectories(copy.getParent());
        Files.copy(repository.resolve(named), copy, StandardCopyOption.REPLACE_EXISTING);
        return relative(source, named);
    }

    /** {@code README.md} is the page of its folder. */
    private static Path html(Path source) {
        var name = source.getFileName().toString();
        return source.resolveSibling(name.equals("README.md") ? "index.html" : name.replaceFirst("\\.md$", ".html"));
    }

    static String relative(Path source, Path target) {
        var from = source.getParent();
        return (from == null ? target : from.relativize(target)).toString().replace('\\', '/');
    }
}
