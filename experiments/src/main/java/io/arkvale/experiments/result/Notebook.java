package io.arkvale.experiments.result;

import io.arkvale.experiments.OutputLostException;
import io.arkvale.experiments.UserException;
import io.arkvale.experiments.input.FileReason;
import io.arkvale.experiments.input.StrictJson;
import io.arkvale.experiments.input.WholeLines;
import io.arkvale.experiments.report.Formats;
import io.arkvale.experiments.report.Report;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
                // Its channel holds the lock: POSIX drops a process's locks when it closes any other one of the file.
                var end = scan(file, Channels.newInputStream(channel), message, notebook::keep);
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
        var notebook = new Notebook(file, null);
        scan(file, message, notebook::keep);
        return notebook;
    }

    /**
     * Reads the observations of a directory one after another and keeps none, so that there may be more than fit into
     * memory. Another process may be writing them.
     *
     * @throws UserException if there is no such file, or if it holds anything else
     */
    public static void scan(Path directory, Consumer<String> message, Consumer<ObservationRow> observations) {
        var file = directory.resolve(FILE);
        var places = new HashSet<Observation.Place>();
        var words = new HashMap<String, String>(); // places name few cells and episodes, each many times
        scan(file, message, (line, number) -> {
            var observation = line.observation();
            if (observation != null) {
                var place = new Observation.Place(
                        words.computeIfAbsent(observation.cell(), word -> word),
                        words.computeIfAbsent(observation.episode(), word -> word),
                        observation.question());
                if (!places.add(place)) {
                    throw doubled(file, number);
                }
                observations.accept(new ObservationRow(number, observation));
            }
        });
    }

    /** Takes a line of a file with its number, from 1 on. */
    private interface Lines {
        void accept(Line line, int number);
    }

    private static void scan(Path file, Consumer<String> message, Lines lines) {
        try (var in = Files.newInputStream(file)) {
            scan(file, in, message, lines);
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

    /** Reads all whole lines; returns where the last one ends. */
    private static long scan(Path file, InputStream in, Consumer<String> message, Lines lines) throws IOException {
        var whole = new WholeLines(in);
        var number = 0;
        for (var content = whole.next(); content != null; content = whole.next()) {
            var where = "line " + ++number + " of result file " + file;
            var text = StrictJson.text(where, content);
            if (number > 1) {
                lines.accept(line(text, where), number);
            } else if (!text.equals(HEADER)) {
                throw new UserException(where + " is not that of a file of observations, which is " + HEADER);
            }
        }
        if (number == 0) {
            throw new UserException("result file " + file + " is no file of observations: "
                    + (whole.isCut() ? "its first line is not whole" : "it is empty"));
        }
        if (whole.isCut()) {
            message.accept("the last line of " + file + " was cut off, as by a process that was killed;"
                    + " what it held is left out and measured again");
        }
        return whole.end();
    }

    private static Line line(String text, String where) {
        try {
            var line = StrictJson.MAPPER.readValue(text, Line.class);
            if (line.observation() == null && line.table() == null) {
                throw new UserException(where + " holds neither an observation nor a table");
            }
            return line;
        } catch (JacksonException e) {
            throw new UserException(where + " is no observation: " + StrictJson.reason(e), e);
        }
    }

    private void keep(Line line, int number) {
        var observation = line.observation();
        if (observation != null && observations.put(observation.place(), observation) != null) {
            throw doubled(Objects.requireNonNull(file), number);
        }
        var table = line.table();
        if (table != null) {
            tables.put(table.identity(), Formats.parse(table.rows().getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static UserException doubled(Path file, int number) {
        return new UserException(
                "line " + number + " of result file " + file + " holds an observation that an earlier line holds");
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
