package io.arkvale.llama.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Safetensors files, good and bad; a bad one is refused with a sentence that names it and what is wrong. */
class SafeTensorsTest {

    @TempDir
    Path directory;

    @Test
    void whatWasWrittenIsReadBack() throws IOException {
        var file = directory.resolve("good.safetensors");
        var declarations = List.of(
                new SafeTensorsWriter.Declaration("a", TensorType.F32, List.of(2L, 3L)),
                new SafeTensorsWriter.Declaration("nothing", TensorType.F16, List.of(0L, 5L)),
                new SafeTensorsWriter.Declaration("one", TensorType.F32, List.of()));
        try (var writer = SafeTensorsWriter.create(file, declarations, Map.of("format", "pt"))) {
            writer.append(new float[] {9, 1, 2, 3, 4}, 1, 4);
            writer.append(new float[] {5, 6, 7}, 0, 3);
            assertThat(file).doesNotExist();
        }
        try (var read = SafeTensors.open(file)) {
            assertThat(read.metadata()).isEqualTo(Map.of("format", "pt"));
            assertThat(read.tensors()).containsOnlyKeys("a", "nothing", "one");
            assertThat(read.bytes(read.require("a", 2, 3)).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED))
                    .isEqualTo(new float[] {1, 2, 3, 4, 5, 6});
            assertThat(read.require("nothing", 0, 5).elements()).isZero();
            assertThat(read.bytes(read.require("one")).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED))
                    .isEqualTo(new float[] {7});
            assertThatThrownBy(() -> read.require("b"))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessage(file + ": tensor 'b' is missing");
            assertThatThrownBy(() -> read.require("a", 3, 2))
                    .isInstanceOf(ModelFormatException.class)
                    .hasMessage(file + ": tensor 'a': its shape is [2, 3] instead of [3, 2]");
        }
    }

    @Test
    void anIncompleteFileIsNotLeftBehind() throws IOException {
        var file = directory.resolve("half.safetensors");
        var declarations = List.of(new SafeTensorsWriter.Declaration("a", TensorType.F32, List.of(2L)));
        try (var writer = SafeTensorsWriter.create(file, declarations, Map.of())) {
            writer.append(new float[1], 0, 1);
            assertThatThrownBy(() -> writer.append(new float[2], 0, 2))
                    .hasMessage("8 bytes were given, but the declared tensors take only 4 more");
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aMissingFileOrADirectoryIsNamed() {
        var missing = directory.resolve("missing");
        assertThatThrownBy(() -> SafeTensors.open(missing))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(missing + ": there is no such file");
        assertThatThrownBy(() -> SafeTensors.open(directory))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(directory + ": it is not a regular file");
    }

    static Stream<Arguments> badLengths() {
        return Stream.of(
                Arguments.of(new byte[] {1, 2, 3}, "it has 3 bytes, fewer than the 8 of the header's length"),
                Arguments.of(
                        withLength(100, "{}"),
                        "its header's length is given as 100 bytes, but only 2 follow; the file is truncated"),
                Arguments.of(
                        withLength(-1, "{}"),
                        "its header's length is given as 18446744073709551615 bytes, but must be from 2 to 100000000"),
                Arguments.of(
                        withLength(Long.MAX_VALUE, "{}"),
                        "its header's length is given as 9223372036854775807 bytes, but must be from 2 to 100000000"),
                Arguments.of(
                        withLength(0, ""), "its header's length is given as 0 bytes, but must be from 2 to 100000000"));
    }

    @ParameterizedTest
    @MethodSource("badLengths")
    void aWrongHeaderLengthIsRefused(byte[] content, String problem) throws IOException {
        assertRefused(content, problem);
    }

    static Stream<Arguments> badHeaders() {
        return Stream.of(
                Arguments.of("[1]", 0, "the header is not a JSON object"),
                Arguments.of("{\"__metadata__\":3}", 0, "the header's __metadata__ is not an object"),
                Arguments.of("{\"__metadata__\":{\"a\":3}}", 0, "the header's __metadata__ entry 'a' is not a string"),
                Arguments.of("{\"t\":3}", 0, "tensor 't': its description is not an object"),
                Arguments.of(
                        "{\"t\":{\"shape\":[1],\"data_offsets\":[0,4]}}",
                        4,
                        "tensor 't': dtype is missing or not a string"),
                Arguments.of(tensor("F31", "[1]", "[0,4]"), 4, "tensor 't': dtype 'F31' is not a known type"),
                Arguments.of(tensor("F32", "1", "[0,4]"), 4, "tensor 't': shape is missing or not an array"),
                Arguments.of(
                        tensor("F32", "[-1]", "[0,4]"),
                        4,
                        "tensor 't': shape contains -1, which is not a whole number from 0 on"),
                Arguments.of(
                        tensor("F32", "[1.5]", "[0,4]"),
                        4,
                        "tensor 't': shape contains 1.5, which is not a whole number from 0 on"),
                Arguments.of(
                        tensor("F32", "[99999999999999999999]", "[0,4]"),
                        4,
                        "tensor 't': shape contains 99999999999999999999, which is not a whole number from 0 on"),
                Arguments.of(
                        tensor("F32", "[4294967296,4294967296]", "[0,4]"),
                        4,
                        "tensor 't': shape [4294967296, 4294967296] has more elements than can be counted"),
                Arguments.of(tensor("F32", "[1]", "[0]"), 4, "tensor 't': data_offsets has 1 numbers instead of 2"),
                Arguments.of(
                        tensor("F32", "[1]", "[4,0]"),
                        4,
                        "tensor 't': data_offsets [4, 0] do not lie within the file's 4 bytes of data"),
                Arguments.of(
                        tensor("F32", "[2]", "[0,8]"),
                        4,
                        "tensor 't': data_offsets [0, 8] do not lie within the file's 4 bytes of data"),
                Arguments.of(
                        tensor("F32", "[2]", "[0,4]"),
                        4,
                        "tensor 't': shape [2] of F32 takes 8 bytes, but data_offsets [0, 4] span 4"),
                Arguments.of(
                        tensor("F32", "[1]", "[4,8]"),
                        8,
                        "tensor 't': 4 bytes between the header and its data belong to no tensor"),
                Arguments.of(tensor("F32", "[1]", "[0,4]"), 8, "4 bytes after tensor 't' belong to no tensor"),
                Arguments.of(
                        "{\"t\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                                + "\"u\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                        8,
                        "tensor 'u': its data overlaps that of tensor 't'"));
    }

    @ParameterizedTest
    @MethodSource("badHeaders")
    void anInconsistentHeaderIsRefused(String header, int dataBytes, String problem) throws IOException {
        assertRefused(withLength(header.length(), header + "x".repeat(dataBytes)), problem);
    }

    static Stream<String> brokenJson() {
        return Stream.of(
                "{\"t\":", "{} {}", "hello", "{\"t\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", "{\"\u0000\":1}");
    }

    @ParameterizedTest
    @MethodSource("brokenJson")
    void aHeaderThatIsNotJsonIsRefused(String header) throws IOException {
        var file = directory.resolve("bad.safetensors");
        Files.write(file, withLength(header.length(), header));
        assertThatThrownBy(() -> SafeTensors.open(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageStartingWith(file + ": the header is not valid JSON: ")
                .hasMessageNotContaining("\n");
    }

    private void assertRefused(byte[] content, String problem) throws IOException {
        var file = directory.resolve("bad.safetensors");
        Files.write(file, content);
        assertThatThrownBy(() -> SafeTensors.open(file))
                .isInstanceOf(ModelFormatException.class)
                .hasMessage(file + ": " + problem);
    }

    private static String tensor(String type, String shape, String offsets) {
        return "{\"t\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}}".formatted(type, shape, offsets);
    }

    private static byte[] withLength(long length, String rest) {
        byte[] bytes = rest.getBytes(UTF_8);
        return ByteBuffer.allocate(8 + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(length)
                .put(bytes)
                .array();
    }

    @Test
    void anInterruptedThreadReadsAndWritesAllTheSame() throws IOException {
        var file = directory.resolve("interrupted.safetensors");
        var declaration = new SafeTensorsWriter.Declaration("a", TensorType.F32, List.of(2L));
        Thread.currentThread().interrupt();
        try (var writer = SafeTensorsWriter.create(file, List.of(declaration), Map.of())) {
            writer.append(new float[] {1, 2}, 0, 2);
        }
        try (var read = SafeTensors.open(file)) {
            var entry = read.require("a", 2);
            assertThat(read.bytes(entry).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED))
                    .containsExactly(1, 2);
        }
        assertThat(Thread.interrupted()).as("the interrupt is still there").isTrue();
    }
}
