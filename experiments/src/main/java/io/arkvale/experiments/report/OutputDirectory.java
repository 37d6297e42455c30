package io.arkvale.experiments.report;

import io.arkvale.experiments.OutputLostException;
import io.arkvale.experiments.UserException;
import io.arkvale.experiments.input.FileReason;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

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
            Files.delete(draft(directory, "arkvale"));
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
     * Writes {@code NAME.parquet}: the same rows with the types that their columns declare.
     *
     * @throws IllegalArgumentException if a column declares none
     */
    public <R> void writeParquet(String name, List<Metric<R>> columns, List<R> rows) {
        writeParquet(name, columns, rows::forEach);
    }

    /**
     * The same of rows that are never in memory all at once.
     *
     * @param rows gives each to what it is called with
     */
    public <R> void writeParquet(String name, List<Metric<R>> columns, Consumer<Consumer<R>> rows) {
        write(name + ".parquet", draft -> {
            try (var file = new BufferedOutputStream(Files.newOutputStream(draft));
                    var table = new ParquetTable<>(columns, file)) {
                rows.accept(row -> {
                    try {
                        table.add(row);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        });
    }

    /**
     * Writes a file whole or not at all.
     *
     * @throws OutputLostException if it cannot be written
     */
    public void write(String name, String content) {
        write(name, draft -> Files.writeString(draft, content));
    }

    private interface Content {
        void writeTo(Path draft) throws IOException;
    }

    private void write(String name, Content content) {
        var file = directory.resolve(name);
        try {
            var draft = draft(directory, name);
            try {
                content.writeTo(draft);
                Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            throw new OutputLostException("file " + file + " cannot be written: " + FileReason.of(e), e);
        }
    }

    /** A new file with the permissions that the user's mask gives. Java's own temporary files are for one user only. */
    private static Path draft(Path directory, String name) throws IOException {
        return Files.createFile(directory.resolve("." + name + "." + UUID.randomUUID() + ".tmp"));
    }
}
