package io.arkvale.site;

import java.io.IOException;
import java.nio.file.Path;

/** Writes the site of a repository into a folder and fails if a link in that folder is dead. */
final class Main {
    private Main() {}

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 2) {
            System.err.println("usage: Main REPOSITORY FOLDER");
            System.exit(2);
        }
        var folder = Path.of(arguments[1]);
        var pages = Site.write(Path.of(arguments[0]), folder);
        var dead = DeadLinks.in(folder);
        dead.forEach(System.err::println);
        if (!dead.isEmpty()) {
            System.exit(1);
        }
        System.out.println(pages.size() + " pages in " + folder + ", no dead link");
    }
}
