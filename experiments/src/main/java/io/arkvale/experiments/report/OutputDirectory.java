package io.arkvale.experiments.report;

import io.arkvale.experiments.OutputLostException;
import io.arkvale.experiments.UserException;
import io.arkvale.experiments.input.FileReason;
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
            var probe = draft(directory, "arkvale");
            Files.createFile(probe);
            Files.delete(probe);
        } catch (IOException e) {
            throw new UserException(
                    "output directory " + directory + " cannot be written (" + FileReason.of(e)
                            + "); name another with --out",
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
     * @throws OutputLostException if it cannot be written
     */
    public void write(String name, String content) {
        var file = directory.resolve(name);
        try {
            var draft = draft(directory, name);
            try {
                Files.writeString(draft, content);
                Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            throw new OutputLostException("file " + file + " cannot be written: " + FileReason.of(e), e);
        }
    }

    /** A file of the process's own, made with the permissions that its umask gives, unlike a temporary file. */
    private static Path draft(Path directory, String name) {
        return directory.resolve("." + name + "-" + ProcessHandle.current().pid() + ".tmp");
    }
}
