package io.arkvale.llama.files;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a safetensors file front to back: the tensors are declared first, then their bytes follow in the same order, in
 * pieces of any size. The file appears under its name when it is complete and closed, not before.
 */
public final class SafeTensorsWriter implements AutoCloseable {

    /**
     * What a tensor will be.
     *
     * @param shape row-major
     */
    public record Declaration(String name, TensorType type, List<Long> shape) {

        public Declaration {
            shape = List.copyOf(shape);
        }

        long bytes() {
            long bytes = type.bytes();
            for (long size : shape) {
                bytes = Math.multiplyExact(bytes, size);
            }
            return bytes;
        }
    }

    /** Bytes handed to the operating system at a time. */
    private static final int PIECE = 1 << 20;

    private final Path file;
    private final Path unfinished;
    private final OutputStream stream;
    private boolean closed;
    private long missing;

    private SafeTensorsWriter(Path file, Path unfinished, OutputStream stream, long missing) {
        this.file = file;
        this.unfinished = unfinished;
        this.stream = stream;
        this.missing = missing;
    }

    /** Begins a file with its header. */
    public static SafeTensorsWriter create(Path file, List<Declaration> tensors, Map<String, String> metadata)
            throws IOException {
        var header = new LinkedHashMap<String, Object>();
        if (!metadata.isEmpty()) {
            header.put(SafeTensorsHeader.METADATA, metadata);
        }
        long offset = 0;
        for (var tensor : tensors) {
            long end = Math.addExact(offset, tensor.bytes());
            var entry = new LinkedHashMap<String, Object>();
            entry.put("dtype", tensor.type().name());
            entry.put("shape", tensor.shape());
            entry.put("data_offsets", List.of(offset, end));
            if (header.put(tensor.name(), entry) != null) {
                throw new IllegalArgumentException("tensor '" + tensor.name() + "' is declared twice");
            }
            offset = end;
        }
        byte[] json = Json.MAPPER.writeValueAsString(header).getBytes(StandardCharsets.UTF_8);
        // Spaces after the header align the data.
        int padded = Math.ceilDiv(json.length, Long.BYTES) * Long.BYTES;
        var start = ByteBuffer.allocate(Long.BYTES + padded).order(ByteOrder.LITTLE_ENDIAN);
        start.putLong(padded).put(json).put(" ".repeat(padded - json.length).getBytes(StandardCharsets.US_ASCII));
        var unfinished = file.resolveSibling(file.getFileName() + ".unfinished");
        // A stream and no channel: a channel closes itself when its thread is interrupted.
        var stream = Files.newOutputStream(unfinished);
        var writer = new SafeTensorsWriter(file, unfinished, stream, Math.addExact(offset, start.capacity()));
        try {
            writer.append(MemorySegment.ofBuffer(start.flip()));
        } catch (Throwable failure) {
            writer.close();
            throw failure;
        }
        return writer;
    }

    /** Appends the next bytes of data, little endian. */
    public void append(MemorySegment bytes) throws IOException {
        if (bytes.byteSize() > missing) {
            throw new IllegalArgumentException(
                    bytes.byteSize() + " bytes were given, but the declared tensors take only " + missing + " more");
        }
        var piece = new byte[(int) Math.min(PIECE, bytes.byteSize())];
        for (long from = 0; from < bytes.byteSize(); from += piece.length) {
            int count = (int) Math.min(piece.length, bytes.byteSize() - from);
            MemorySegment.copy(bytes, ValueLayout.JAVA_BYTE, from, piece, 0, count);
            stream.write(piece, 0, count);
        }
        missing -= bytes.byteSize();
    }

    /** Appends float32 numbers. */
    public void append(float[] values, int offset, int count) throws IOException {
        var bytes = ByteBuffer.allocate(Math.multiplyExact(count, Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values, offset, count);
        append(MemorySegment.ofBuffer(bytes));
    }

    /** Ends the file. When bytes are missing, as after an error, nothing is left behind. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        stream.close();
        if (missing == 0) {
            Files.move(unfinished, file, StandardCopyOption.REPLACE_EXISTING);
        } else {
            Files.delete(unfinished);
        }
    }
}
