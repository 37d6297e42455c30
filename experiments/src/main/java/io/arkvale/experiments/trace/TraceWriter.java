package io.arkvale.experiments.trace;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.input.FileReason;
import io.arkvale.llama.files.SafeTensorsWriter;
import io.arkvale.llama.files.SafeTensorsWriter.Declaration;
import io.arkvale.llama.files.TensorType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes a trace; the file appears under its name when it is complete, not before. */
public final class TraceWriter {
    static final String TOKENS = "tokens";
    static final String TEXT = "text";
    static final String TEXT_ENDS = "text_ends";
    static final String FREQUENCIES = "rope_frequencies";

    /** Rows that are copied at once. */
    private static final int CHUNK = 1024;

    /** Where the vectors are taken from. */
    @FunctionalInterface
    public interface Source {
        /** Copies {@code count} rows from {@code first} on to the start of {@code target}. */
        void copy(TraceVectors vectors, int layer, int first, int count, float[] target);
    }

    private TraceWriter() {}

    /**
     * Refuses a path that no trace can be written to, before the work for it begins.
     *
     * @throws UserException naming the path and what is wrong with it
     */
    public static void requireWritable(Path path) {
        var directory = path.toAbsolutePath().getParent();
        if (Files.isDirectory(path)) {
            throw new UserException("trace file " + path + " is a directory; name a file");
        }
        if (directory == null || !Files.isDirectory(directory)) {
            throw new UserException("trace file " + path + " cannot be written: there is no directory " + directory);
        }
        if (!Files.isWritable(directory)) {
            throw new UserException(
                    "trace file " + path + " cannot be written: directory " + directory + " does not allow it");
        }
    }

    /**
     * Writes a trace.
     *
     * @param tokens of context and steps
     * @param text the bytes of each token
     * @param ropeFrequencies {@code [headDim / 2]}
     * @throws UserException if the file cannot be written; nothing is left of it then
     */
    public static void write(
            Path path, TraceHeader header, int[] tokens, List<byte[]> text, float[] ropeFrequencies, Source source) {
        var textBytes = text.stream().mapToLong(bytes -> bytes.length).sum();
        var metadata = Map.of(TraceHeader.ENTRY, header.json());
        try (var file = SafeTensorsWriter.create(path, tensors(header, textBytes), metadata)) {
            var ends = littleEndian(header.tokens(), Long.BYTES);
            var end = 0L;
            for (var bytes : text) {
                end += bytes.length;
                ends.putLong(end);
            }
            append(file, ends);
            var numbers = littleEndian(header.tokens(), Integer.BYTES);
            numbers.asIntBuffer().put(tokens);
            append(file, numbers);
            file.append(ropeFrequencies, 0, ropeFrequencies.length);
            for (int layer = 0; layer < header.layers(); layer++) {
                for (var vectors : TraceVectors.values()) {
                    append(file, header, vectors, layer, source);
                }
            }
            for (var bytes : text) {
                file.append(MemorySegment.ofArray(bytes));
            }
        } catch (IOException e) {
            throw new UserException("trace file " + path + " cannot be written: " + FileReason.of(e), e);
        }
    }

    /** The tensors in the order in which they are written: those with the widest elements first, so that all are aligned. */
    private static List<Declaration> tensors(TraceHeader header, long textBytes) {
        var tokens = (long) header.tokens();
        var tensors = new ArrayList<>(List.of(
                new Declaration(TEXT_ENDS, TensorType.I64, List.of(tokens)),
                new Declaration(TOKENS, TensorType.I32, List.of(tokens)),
                new Declaration(FREQUENCIES, TensorType.F32, List.of(header.headDim() / 2L))));
        for (int layer = 0; layer < header.layers(); layer++) {
            for (var vectors : TraceVectors.values()) {
                tensors.add(new Declaration(vectors.tensor(layer), TensorType.F32, vectors.shape(header)));
            }
        }
        tensors.add(new Declaration(TEXT, TensorType.U8, List.of(textBytes)));
        return tensors;
    }

    private static void append(
            SafeTensorsWriter file, TraceHeader header, TraceVectors vectors, int layer, Source source)
            throws IOException {
        var rows = vectors.rows(header);
        var width = vectors.width(header);
        var chunk = new float[Math.multiplyExact(Math.min(CHUNK, rows), width)];
        for (int first = 0; first < rows; first += CHUNK) {
            var count = Math.min(CHUNK, rows - first);
            source.copy(vectors, layer, first, count, chunk);
            file.append(chunk, 0, count * width);
        }
    }

    private static ByteBuffer littleEndian(int count, int bytes) {
        return ByteBuffer.allocate(Math.multiplyExact(count, bytes)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Appends a buffer whole, whatever its position. */
    private static void append(SafeTensorsWriter file, ByteBuffer bytes) throws IOException {
        file.append(MemorySegment.ofBuffer(bytes.clear()));
    }
}
