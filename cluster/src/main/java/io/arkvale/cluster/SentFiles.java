package io.arkvale.cluster;

import io.arkvale.experiments.OutputLostException;
import io.arkvale.experiments.input.FileReason;
import io.arkvale.experiments.plan.ContentDigest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Archives of the files that jobs need: Spark brings each to an executor once, and unpacks it there. */
final class SentFiles implements AutoCloseable {
    private final Path directory;
    private final Map<String, String> names = new LinkedHashMap<>();

    SentFiles() {
        try {
            directory = Files.createTempDirectory("arkvale-sent-");
        } catch (IOException e) {
            throw new OutputLostException("no temporary directory can be made: " + FileReason.of(e), e);
        }
    }

    /** Where a file will be on executors, below their folder of files: its archive's name, then its own. */
    Map<String, String> names() {
        return Map.copyOf(names);
    }

    /** Whether a file has been packed. */
    boolean has(String file) {
        return names.containsKey(file);
    }

    /**
     * Packs a file, or what belongs to a model's directory.
     *
     * @return the archive, with the name that it is to have on executors behind a hash sign
     */
    String pack(String file) {
        var path = Path.of(file);
        var own = path.getFileName().toString();
        var name = "arkvale-" + names.size() + "-"
                + ContentDigest.ofWords(List.of(file)).substring(0, 8);
        var archive = directory.resolve(name + ".zip");
        try (var zip = new ZipOutputStream(Files.newOutputStream(archive));
                var walk = Files.walk(path)) {
            zip.setLevel(Deflater.NO_COMPRESSION); // weights do not shrink
            var whole = Files.isRegularFile(path);
            for (var part : walk.filter(Files::isRegularFile)
                    .filter(found -> whole || ContentDigest.isOfModel(found))
                    .sorted()
                    .toList()) {
                var inside = whole ? own : own + "/" + path.relativize(part);
                zip.putNextEntry(new ZipEntry(inside));
                Files.copy(part, zip);
                zip.closeEntry();
            }
        } catch (IOException | UncheckedIOException e) {
            throw new OutputLostException(file + " cannot be packed into " + archive + ": " + e.getMessage(), e);
        }
        names.put(file, name + "/" + own);
        return archive.toUri() + "#" + name;
    }

    @Override
    public void close() {
        try (var walk = Files.walk(directory)) {
            for (var path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new OutputLostException(directory + " cannot be removed: " + FileReason.of(e), e);
        }
    }
}
