package io.arkvale.experiments.result;

import io.arkvale.experiments.OutputLostException;
import io.arkvale.experiments.UserException;
import io.arkvale.experiments.input.FileReason;
import io.arkvale.experiments.input.StrictJson;
import io.arkvale.experiments.report.Formats;
import io.arkvale.experiments.report.Report;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Observations, and tables of experiments that have none, in the order in which they were made. In a directory they stand
 * in one file, a line each, which only ever grows: what is added is on the disk when {@link #add} returns, and a process
 * that is killed at any point loses at most what it was adding. One process at a time writes.
 */
public final class Notebook implements AutoCloseable {
    /** The file's name in its directory. */
    public static final String FILE = "observations.jsonl";

    private static final String HEADER = "{\"arkvale\":\"observations\",\"version\":1}";

    private final Map<Observation.Place, Observation> observations = new LinkedHashMap<>();
    private final Map<String, Report> tables = new LinkedHashMap<>();
    private final @Nullable Path file;
    private final @Nullable FileChannel channel;
    private int added;

    /** A line of the file: one of the two. */
    record Line(@Nullable Observation observation, @Nullable Table table) {}

    /** A table with the identity of what it came from. */
    record Table(String identity, String rows) {}

    private Notebook(@Nullable Path file, @Nullable FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** One that is forgotten. */
    public static Notebook inMemory() {
        return new Notebook(null, null);
    }

    /**
     * Opens the notebook of a directory, which is made if need be, to read and to add.
     *
     * @param message takes what the user should know
     * @throws UserException if it cannot be written, if another process writes it, or if it holds anything else
     */
    public static Notebook open(Path directory, Consumer<String> message) {
        var file = directory.resolve(FILE);
        try {
            Files.createDirectories(directory);
            if (!Files.exists(file)) {
                begin(file);
            }
            var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try {
                var notebook = new Notebook(file, channel);
                notebook.lock();
                var end = notebook.read(content(channel), message);
                channel.truncate(end);
                channel.position(end);
                return notebook;
            } catch (Throwable failure) {
                channel.close();
                throw failure;
            }
        } catch (IOException e) {
            throw new UserException("result file " + file + " cannot be opened: " + FileReason.of(e), e);
        }
    }

    /**
     * Reads the notebook of a directory, which another process may be writing.
     *
     * @throws UserException if there is none, or if it holds anything else
     */
    public static Notebook read(Path directory, Consumer<String> message) {
        var file = directory.resolve(FILE);
        try {
            var notebook = new Notebook(file, null);
            notebook.read(Files.readAllBytes(file), message);
            return notebook;
        } catch (IOException e) {
            throw new UserException("result file " + file + " cannot be read: " + FileReason.of(e), e);
        }
    }

    /** Moves a directory's notebook out of the way, if there is one, and says where to. */
    public static void setAside(Path directory, Consumer<String> message) {
        var file = directory.resolve(FILE);
        for (int number = 1; Files.exists(file); number++) {
            var aside = directory.resolve("observations-before-" + number + ".jsonl");
            if (!Files.exists(aside)) {
                try {
                    Files.move(file, aside);
                } catch (IOException e) {
                    throw new UserException("result file " + file + " cannot be moved: " + FileReason.of(e), e);
                }
                message.accept("earlier observations are kept in " + aside);
            }
        }
    }

    /** A file is never seen without its first line. */
    private static void begin(Path file) throws IOException {
        var draft =
                file.resolveSibling("." + FILE + "-" + ProcessHandle.current().pid() + ".tmp");
        try (var channel = FileChannel.open(draft, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap((HEADER + "\n").getBytes(StandardCharsets.UTF_8)));
            channel.force(true);
        }
        try {
            Files.createLink(file, draft); // unlike a move, this never takes the place of another process's file
        } catch (FileAlreadyExistsException other) {
            return;
        } finally {
            Files.delete(draft);
        }
    }

    private void lock() throws IOException {
        try {
            if (channel != null && channel.tryLock() == null) {
                throw new UserException("result file " + file + " is being written by another process");
            }
        } catch (OverlappingFileLockException e) {
            throw new UserException("result file " + file + " is being written already", e);
        }
    }

    /** All of a file by the channel that holds its lock: POSIX drops a process's locks when it closes any other one. */
    private static byte[] content(FileChannel channel) throws IOException {
        var bytes = ByteBuffer.allocate(Math.toIntExact(channel.size()));
        var count = 0;
        while (bytes.hasRemaining() && count >= 0) {
            count = channel.read(bytes);
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    /** Takes in all whole lines; returns where the last one ends. */
    private long read(byte[] content, Consumer<String> message) {
        var start = 0;
        var number = 0;
        for (int end = 0; end < content.length; end++) {
            if (content[end] == '\n') {
                line(StrictJson.text("result file " + file, content, start, end), ++number);
                start = end + 1;
            }
        }
        if (number == 0) {
            throw new UserException("result file " + file + " is no file of observations: "
                    + (content.length == 0 ? "it is empty" : "its first line is not whole"));
        }
        if (start < content.length) {
            message.accept("the last line of " + file + " was cut off, as by a process that was killed;"
                    + " what it held is left out and measured again");
        }
        return start;
    }

    private void line(String text, int number) {
        var where = "line " + number + " of result file " + file;
        if (number == 1) {
            if (!text.equals(HEADER)) {
                throw new UserException(where + " is not that of a file of observations, which is " + HEADER);
            }
            return;
        }
        try {
            var line = StrictJson.MAPPER.readValue(text, Line.class);
            if (line.observation() != null) {
                if (observations.put(line.observation().place(), line.observation()) != null) {
                    throw new UserException(where + " holds an observation that an earlier line holds");
                }
            } else if (line.table() != null) {
                tables.put(
                        line.table().identity(),
                        Formats.parse(line.table().rows().getBytes(StandardCharsets.UTF_8)));
            } else {
                throw new UserException(where + " holds neither an observation nor a table");
            }
        } catch (JacksonException e) {
            throw new UserException(where + " is no observation: " + StrictJson.reason(e), e);
        }
    }

    /** All observations. */
    public Collection<Observation> observations() {
        return List.copyOf(observations.values());
    }

    /** The observation of a place, if it has been made. */
    public Optional<Observation> at(Observation.Place place) {
        return Optional.ofNullable(observations.get(place));
    }

    /**
     * Adds observations; they are on the disk when this returns.
     *
     * @throws UserException if they cannot be written
     */
    public void add(List<Observation> more) {
        var lines = new ArrayList<Line>();
        for (var observation : more) {
            if (observations.putIfAbsent(observation.place(), observation) != null) {
                throw new IllegalStateException("an observation is there already: " + observation.place());
            }
            lines.add(new Line(observation, null));
        }
        append(lines);
    }

    /** The table of what has an identity: the one that is there, or else one that is made now and kept. */
    public Report table(String identity, Supplier<Report> maker) {
        var known = tables.get(identity);
        if (known != null) {
            return known;
        }
        var json = Formats.json(maker.get());
        append(List.of(new Line(null, new Table(identity, json))));
        var made = Formats.parse(json.getBytes(StandardCharsets.UTF_8));
        tables.put(identity, made);
        return made;
    }

    private void append(List<Line> lines) {
        added += lines.size();
        if (channel == null) {
            return;
        }
        var text = new StringBuilder();
        lines.forEach(
                line -> text.append(StrictJson.MAPPER.writeValueAsString(line)).append('\n'));
        var bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(false);
        } catch (IOException e) {
            throw new OutputLostException("result file " + file + " cannot be written: " + FileReason.of(e), e);
        }
    }

    /** Lines that were added since it was opened. */
    public int added() {
        return added;
    }

    @Override
    public void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            throw new OutputLostException("result file " + file + " cannot be closed: " + FileReason.of(e), e);
        }
    }
}
