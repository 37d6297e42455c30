package io.arkvale.experiments.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.trace.TraceHeader.RecordedRun;
import io.arkvale.llama.files.SafeTensors;
import io.arkvale.llama.files.SafeTensorsWriter;
import io.arkvale.llama.files.SafeTensorsWriter.Declaration;
import io.arkvale.llama.files.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.data.Index;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file format: what is written is read, and what is wrong is refused in one sentence. */
class TraceTest {
    private static final int CONTEXT = 1030; // more than what is copied at once
    private static final int STEPS = 3;
    private static final TraceHeader HEADER =
            new TraceHeader(2, 4, 2, 6, CONTEXT, 300, STEPS, new RecordedRun("test", "tiny", -7, "h2o", 64, 1));

    @TempDir
    private Path directory = Path.of("");

    /** A number that says where it stands; exact in float32. */
    private static float number(TraceVectors vectors, int layer, int row, int element) {
        return ((vectors.tensor(layer).hashCode() & 7) * 2048 + row) * 32 + element;
    }

    private static void fill(TraceVectors vectors, int layer, int first, int count, float[] target) {
        var width = vectors.width(HEADER);
        for (int i = 0; i < count * width; i++) {
            target[i] = number(vectors, layer, first + i / width, i % width);
        }
    }

    private static List<byte[]> text() {
        return IntStream.range(0, HEADER.tokens())
                .mapToObj(token -> "é".repeat(token % 3).getBytes(StandardCharsets.UTF_8))
                .toList();
    }

    private Path write() {
        var file = directory.resolve("a.safetensors");
        var tokens = IntStream.range(0, HEADER.tokens()).map(i -> i * 31).toArray();
        TraceWriter.write(file, HEADER, tokens, text(), new float[] {1, 0.5f, 0.25f}, TraceTest::fill);
        return file;
    }

    @Test
    void whatIsWrittenIsRead() {
        try (var trace = Trace.open(write())) {
            assertThat(trace.header()).isEqualTo(HEADER);
            assertThat(trace.tokens()).hasSize(CONTEXT + STEPS).contains(31 * 1032, Index.atIndex(1032));
            assertThat(trace.ropeFrequencies()).containsExactly(1, 0.5f, 0.25f);
            for (int token = 0; token < HEADER.tokens(); token++) {
                assertThat(trace.text(token)).isEqualTo(text().get(token));
            }
            for (int layer = 0; layer < 2; layer++) {
                for (var vectors : TraceVectors.values()) {
                    var rows = trace.rows(vectors, layer);
                    for (int row = 0; row < rows.rows(); row++) {
                        var read = rows.row(row);
                        for (int i = 0; i < read.length; i++) {
                            assertThat(read[i]).isEqualTo(number(vectors, layer, row, i));
                        }
                    }
                }
            }
            assertThat(trace.queries(1).rows()).isEqualTo(303);
            assertThat(trace.rawQueries(1).rows()).isEqualTo(3);
            assertThat(trace.keys(1).rows()).isEqualTo(1033);
            assertThat(trace.queries(1).width()).isEqualTo(24);
            assertThat(trace.values(1).width()).isEqualTo(12);
            assertThat(trace.queries(1, 2)).isEqualTo(trace.queries(1).row(302));
            var head = new float[8];
            trace.queries(0).copyHead(5, 3, head, 2);
            assertThat(head[2]).isEqualTo(number(TraceVectors.QUERIES, 0, 5, 18));
            assertThat(head[7]).isEqualTo(number(TraceVectors.QUERIES, 0, 5, 23));
            assertThatThrownBy(() -> trace.keys(0).row(1033)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> trace.keys(0).copyHead(0, 2, head, 0))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThat(directory.toFile().list()).containsExactly("a.safetensors");
    }

    @Test
    void aFailureLeavesNothingOfANewFileAndAllOfAnOldOne() throws IOException {
        var file = Files.writeString(directory.resolve("a.safetensors"), "old");
        assertThatThrownBy(() -> TraceWriter.write(
                        file, HEADER, new int[HEADER.tokens()], text(), new float[3], (vectors, layer, from, n, to) -> {
                            if (layer == 1) {
                                throw new IllegalStateException("the source dries up");
                            }
                        }))
                .hasMessage("the source dries up");
        assertThat(file).hasContent("old");
        assertThat(directory.toFile().list()).containsExactly("a.safetensors");
    }

    /** A device that is always full stands in for the disk. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskLeavesNothing() throws IOException {
        var file = directory.resolve("a.safetensors");
        Files.createSymbolicLink(directory.resolve("a.safetensors.unfinished"), Path.of("/dev/full"));
        assertThatThrownBy(this::write)
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("trace file " + file + " cannot be written: no space left on device");
        assertThat(directory.toFile().list()).isEmpty();
    }

    @Test
    void pathsThatCannotBeWrittenAreRefused() {
        var nowhere = directory.resolve("nowhere").resolve("a.safetensors");
        assertThatThrownBy(() -> TraceWriter.requireWritable(directory))
                .isInstanceOf(UserException.class)
                .hasMessage("trace file " + directory + " is a directory; name a file");
        assertThatThrownBy(() -> TraceWriter.requireWritable(nowhere))
                .hasMessage(
                        "trace file " + nowhere + " cannot be written: there is no directory " + nowhere.getParent());
        assertThatThrownBy(() -> TraceWriter.write(
                        nowhere, HEADER, new int[HEADER.tokens()], text(), new float[3], TraceTest::fill))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("trace file " + nowhere + " cannot be written: no such file or directory");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "version":1            | "version":2             | version of the trace's format is 2; this release reads 1
            "version":1            | "version":"one"         | version of the trace's header is "one"; allowed: whole numbers from 1
            "layers":2             | "layers":0              | layers of the trace's header is 0; allowed: whole numbers from 1 to 1024
            "layers":2             | "layers":3              | tensor 'layers.2.queries' is missing
            "query_heads":4        | "query_heads":5         | query_heads of the trace's header is 5; allowed: multiples of 2
            "query_heads":4        | "query_heads":6         | instead of [303, 6, 6]
            "kv_heads":2,          |                         | kv_heads of the trace's header is missing; allowed: whole numbers
            "head_dim":6           | "head_dim":7            | head_dim of the trace's header is 7; allowed: multiples of 2
            "context_tokens":1030  | "context_tokens":1e9    | context_tokens of the trace's header is 1.0E9
            "context_tokens":1030  | "context_tokens":357913942 | allowed: whole numbers from 1 to 357913938
            "context_queries":300  | "context_queries":255   | context_queries of the trace's header is 255; allowed: whole numbers from 256 to 1030
            "steps":3              | "steps":0               | steps of the trace's header is 0; allowed: whole numbers from 1 to 357912909
            "steps":3              | "steps":4               | its shape is [1033] instead of [1034]
            "dense_layers":1       | "dense_layers":3        | dense_layers of the trace's header is 3; allowed: whole numbers from 0 to 2
            "policy":"h2o"         | "policy":null           | policy of the trace's header is null; allowed: a string
            "version":1            | "version"               | the trace's header is not valid JSON
            """)
    void wrongHeadersAreRefused(String field, @Nullable String replacement, String sentence) throws IOException {
        var json = HEADER.json();
        assertThat(json).contains(field);
        var changed = json.replace(field, replacement == null ? "" : replacement);
        refused(rewrite(Map.of(TraceHeader.ENTRY, changed), TensorType.F32, 0, 1), sentence);
    }

    @Test
    void wrongTensorsAreRefused() throws IOException {
        var metadata = Map.of(TraceHeader.ENTRY, HEADER.json());
        try (var untouched = Trace.open(rewrite(metadata, TensorType.F32, 0, 1))) {
            assertThat(untouched.header()).isEqualTo(HEADER);
        }
        refused(
                rewrite(Map.of("format", "pt"), TensorType.F32, 0, 1),
                "it is no trace, since its metadata have no entry");
        refused(rewrite(metadata, TensorType.I32, 0, 1), "tensor 'rope_frequencies' is of type I32; allowed: F32");
        refused(rewrite(metadata, TensorType.F32, 9, 1), "tensor 'text_ends' has 2 for token 1; allowed: 9 to 2064");
        refused(rewrite(metadata, TensorType.F32, 1L << 40, 1), "has 1099511627776 for token 0; allowed: 0 to ");
        try (var trace = Trace.open(rewrite(metadata, TensorType.F32, 0, Float.NaN))) {
            assertThatThrownBy(() -> trace.values(1).row(1032))
                    .isInstanceOf(UserException.class)
                    .hasMessage("tensor 'layers.1.values' of the trace has NaN in row 1032; allowed: finite numbers");
            assertThat(trace.values(1).row(1031)).hasSize(12);
        }
        refused(Files.writeString(directory.resolve("text"), "no tensors"), "its header's length is given as");
    }

    private static void refused(Path file, String sentence) {
        assertThatThrownBy(() -> Trace.open(file).close())
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(sentence)
                .hasMessageNotContaining("\n");
    }

    /**
     * Copies the good trace with something else in it.
     *
     * @param frequencies the type that they are said to have
     * @param firstEnd where the first token's text ends
     * @param factor of the last layer's last value
     */
    private Path rewrite(Map<String, String> metadata, TensorType frequencies, long firstEnd, float factor)
            throws IOException {
        var copy = directory.resolve("b.safetensors");
        try (var good = SafeTensors.open(write())) {
            var entries = good.tensors().values().stream()
                    .sorted((a, b) -> Long.compare(a.begin(), b.begin()))
                    .toList();
            var declarations = new ArrayList<Declaration>();
            for (var entry : entries) {
                var type = entry.name().equals("rope_frequencies") ? frequencies : entry.type();
                declarations.add(new Declaration(entry.name(), type, entry.shape()));
            }
            try (var writer = SafeTensorsWriter.create(copy, declarations, metadata)) {
                for (var entry : entries) {
                    var bytes = good.bytes(entry).toArray(ValueLayout.JAVA_BYTE);
                    var buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
                    if (entry.name().equals("text_ends")) {
                        buffer.putLong(0, firstEnd);
                    }
                    if (entry.name().equals("layers.1.values")) {
                        var last = bytes.length - Float.BYTES;
                        buffer.putFloat(last, buffer.getFloat(last) * factor);
                    }
                    writer.append(MemorySegment.ofArray(bytes));
                }
            }
        }
        return copy;
    }
}
