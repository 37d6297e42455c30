package io.arkvale.experiments.report;

import io.arkvale.experiments.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A directory for result files. Opened before the work starts, so that hours of it cannot end in an unwritable place. */
public final class OutputDirectory {
    private final Path directory;

    private OutputDirectory(Path directory) {
        this.directory = directory;
    }

    /**
     * Creates the directory if need be and tries to write in it.
     *
     * @throws UserException if that fails
     */
    public static OutputDirectory open(Path directory) {
        try {
            Files.createDirectories(directory);
            Files.delete(Files.createTempFile(directory, ".arkvale", ".tmp"));
        } catch (IOException e) {
            throw new UserException(
                    "output directory " + directory + " cannot be written (" + reason(e) + "); name another with --out",
                    e);
        }
        return new OutputDirectory(directory);
    }

    /** Writes {@code NAME.csv} and {@code NAME.json}. */
    public void write(String name, Report report) {
        write(name + ".csv", Formats.csv(report));
        write(name + ".json", Formats.json(report));
    }

    /**
     * Writes a file whole or not at all.
     *
     * @throws UserException if it cannot be written
     */
    public void write(String name, String content) {
        var file = directory.resolve(name);
        try {
            var draft = Files.createTempFile(directory, "." + name, ".tmp");
            try {
                Files.writeString(draft, content);
                Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            throw new UserException("file " + file + " cannot be written (" + reason(e) + ")", e);
        }
    }

    private static String reason(IOException e) {
        return e.getClass().getSimpleName().replace("Exception", "") + ": " + e.getMessage();
    }
}
