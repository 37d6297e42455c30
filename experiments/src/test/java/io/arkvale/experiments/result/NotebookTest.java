package io.arkvale.experiments.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.report.Report;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class NotebookTest {
    private static final Observation FIRST = Observations.of("a", "x", 0, 1);
    private static final Observation SECOND = Observations.of("a", "x", 1, 0.12345678901234568);

    @TempDir
    private Path directory = Path.of("");

    private final List<String> messages = new ArrayList<>();

    private Notebook open() {
        return Notebook.open(directory, messages::add);
    }

    private Path file() {
        return directory.resolve(Notebook.FILE);
    }

    private void write() {
        try (var notebook = open()) {
            notebook.add(List.of(FIRST));
            notebook.add(List.of(SECOND));
            notebook.table("table", () -> new Report(List.of("n"), List.of(List.of(3L))));
        }
    }

    @Test
    void whatIsAddedComesBackToTheLastBit() {
        write();
        try (var notebook = open()) {
            assertThat(notebook.observations()).containsExactly(FIRST, SECOND);
            assertThat(notebook.at(SECOND.place())).contains(SECOND);
            assertThat(notebook.table("table", () -> {
                        throw new AssertionError("made again");
                    }))
                    .isEqualTo(new Report(List.of("n"), List.of(List.of(3L))));
            assertThat(notebook.added()).isZero();
        }
        assertThat(messages).isEmpty();
    }

    /** An earlier program's observations lack what it did not count; nothing is made up for it. */
    @Test
    void whatAnEarlierProgramDidNotCountIsMissing() throws IOException {
        write();
        var older = Files.readString(file()).replace("\"peakBytes\":4.5,", "").replace("\"inTime\":0.5,", "");
        assertThat(older).doesNotContain("peakBytes").doesNotContain("inTime");
        Files.writeString(file(), older);
        try (var notebook = open()) {
            var usage = notebook.at(FIRST.place()).orElseThrow().usage();
            assertThat(usage.peakBytes()).isNull();
            assertThat(usage.inTime()).isNull();
            assertThat(usage.summaryBytes()).isEqualTo(5);
            var both = Usage.mean(List.of(usage, FIRST.usage()));
            assertThat(both.peakBytes()).isEqualTo(4.5);
            assertThat(Usage.<Usage>metrics(one -> one).stream()
                            .filter(metric -> metric.name().equals("peak_bytes"))
                            .map(metric -> metric.value().apply(usage)))
                    .containsOnlyNulls();
        }
    }

    /** Wherever a kill cuts the file, whole lines stay and the rest is said to be gone. */
    @Test
    void aCutLastLineIsDroppedWithAMessage() throws IOException {
        write();
        var content = Files.readAllBytes(file());
        var header = new String(content, StandardCharsets.UTF_8).indexOf('\n') + 1;
        for (int length = header; length < content.length; length += 7) {
            messages.clear();
            Files.write(file(), Arrays.copyOf(content, length));
            var whole = new String(content, 0, length, StandardCharsets.UTF_8)
                            .lines()
                            .count()
                    - (content[length - 1] == '\n' ? 0 : 1);
            try (var notebook = open()) {
                assertThat((long) notebook.observations().size()).isEqualTo(Math.min(2, whole - 1));
                if (notebook.at(SECOND.place()).isEmpty()) {
                    notebook.add(List.of(SECOND));
                }
            }
            assertThat(messages).hasSize(content[length - 1] == '\n' ? 0 : 1);
            assertThat(messages).allMatch(message -> message.contains("was cut off"));
            messages.clear();
            try (var again = open()) {
                assertThat(again.observations()).contains(SECOND);
            }
            assertThat(messages).isEmpty();
        }
    }

    @Test
    void filesOfAnythingElseAreErrorsThatNameThem() throws IOException {
        wrong("", "it is empty");
        wrong("{\"arkvale\":\"obser", "its first line is not whole");
        wrong("task,policy\n", "line 1 of");
        Files.delete(file());
        write();
        var whole = Files.readString(file());
        wrong(whole + "{}\n", "line 5 of").hasMessageContaining("neither an observation nor a table");
        wrong(whole + "garbage\n", "line 5 of");
        wrong(whole + whole.lines().toList().get(1) + "\n", "holds an observation that an earlier line holds");
        wrong(whole.replace("\"score\":1.0", "\"score\":1.0,\"score\":0.0"), "line 2 of");
        wrong(whole.replace("\"score\"", "\"scores\""), "line 2 of");
        Files.write(file(), new byte[] {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF, '\n'});
        assertThatThrownBy(this::open).hasMessageContaining("byte order mark");
        Files.write(file(), whole.replace("said", "\u00e9").getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(this::open).hasMessageContaining("is not UTF-8");
        assertThatThrownBy(() -> Notebook.read(directory.resolve("nowhere"), messages::add))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("no such file");
    }

    private org.assertj.core.api.AbstractThrowableAssert<?, ?> wrong(String content, String sentence)
            throws IOException {
        Files.writeString(file(), content);
        return assertThatThrownBy(this::open)
                .isInstanceOf(UserException.class)
                .hasMessageContaining(file().toString())
                .hasMessageContaining(sentence);
    }

    /** One after another, without a notebook: the same observations with their lines, and the same errors. */
    @Test
    void scanningKeepsNothing() throws IOException {
        write();
        var rows = new ArrayList<ObservationRow>();
        Notebook.scan(directory, messages::add, rows::add);
        assertThat(rows).containsExactly(new ObservationRow(2, FIRST), new ObservationRow(3, SECOND));
        var whole = Files.readString(file());
        Files.writeString(file(), whole + whole.lines().toList().get(2) + "\n");
        assertThatThrownBy(() -> Notebook.scan(directory, messages::add, row -> {}))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("line 5 of")
                .hasMessageContaining("holds an observation that an earlier line holds");
        assertThat(messages).isEmpty();
    }

    @Test
    void onlyOneWritesAtATime() {
        try (var notebook = open()) {
            assertThat(notebook.observations()).isEmpty();
            assertThatThrownBy(this::open).hasMessageContaining("is being written");
            assertThat(Notebook.read(directory, messages::add).observations()).isEmpty();
        }
    }

    /** Another process asks the system, not this one: the lock must still be there when the notebook has been read. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void theSystemKnowsOfTheLock() throws IOException {
        write();
        try (var notebook = open()) {
            assertThat(notebook.observations()).isNotEmpty();
            var inode = ":" + Files.getAttribute(file(), "unix:ino") + " ";
            var own = " WRITE " + ProcessHandle.current().pid() + " ";
            assertThat(Files.readAllLines(Path.of("/proc/locks")))
                    .anyMatch(line -> line.contains(own) && line.contains(inode));
        }
    }

    @Test
    void setAsideKeepsWhatWasThere() throws IOException {
        write();
        var content = Files.readString(file());
        Notebook.setAside(directory, messages::add);
        assertThat(file()).doesNotExist();
        assertThat(directory.resolve("observations-before-1.jsonl")).hasContent(content);
        assertThat(messages).singleElement().asString().contains("observations-before-1.jsonl");
    }
}
