package io.arkvale.site;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;

/** Looks through a folder of HTML files for links within it that lead to no file or to no part of one. */
final class DeadLinks {
    private final Path folder;
    private final Map<Path, Set<String>> ids = new HashMap<>();

    private DeadLinks(Path folder) {
        this.folder = folder;
    }

    /** One sentence per dead link, in the order of the files' names; empty if all links lead somewhere. */
    static List<String> in(Path folder) throws IOException {
        return new DeadLinks(folder).find();
    }

    private List<String> find() throws IOException {
        List<Path> files;
        try (var all = Files.walk(folder)) {
            files = all.filter(DeadLinks::isHtml).sorted().toList();
        }
        var targets = new HashMap<Path, List<String>>();
        for (var file : files) {
            var document = Jsoup.parse(file.toFile(), "UTF-8");
            ids.put(file, ids(document));
            targets.put(file, targets(document));
        }
        var dead = new ArrayList<String>();
        for (var file : files) {
            for (var target : targets.getOrDefault(file, List.of())) {
                if (!leadsSomewhere(file, target)) {
                    dead.add(folder.relativize(file) + ": the link to " + target + " is dead");
                }
            }
        }
        return dead;
    }

    private boolean leadsSomewhere(Path file, String target) {
        var parts = target.split("#", 2);
        var name = URLDecoder.decode(parts[0].split("\\?", 2)[0], StandardCharsets.UTF_8);
        var named = name.isEmpty() ? file : file.resolveSibling(name).normalize();
        if (!named.startsWith(folder) || !Files.isRegularFile(named)) {
            return false;
        }
        var id = parts.length == 1 ? "" : URLDecoder.decode(parts[1].replace("+", "%2B"), StandardCharsets.UTF_8);
        return id.isEmpty()
                || !isHtml(named)
                || ids.getOrDefault(named, Set.of()).contains(id);
    }

    private static boolean isHtml(Path file) {
        return file.toString().endsWith(".html");
    }

    private static Set<String> ids(Document document) {
        return document.select("[id]").stream()
                .map(element -> element.attr("id"))
                .collect(Collectors.toSet());
    }

    private static List<String> targets(Document document) {
        return Stream.of("href", "src", "srcset")
                .flatMap(attribute ->
                        document.select("[" + attribute + "]").stream().map(element -> element.attr(attribute)))
                .filter(target -> !target.matches("[a-z]+:.*"))
                .toList();
    }
}
