package io.arkvale.llama.files;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A safetensors file, mapped into memory and fully checked when it is opened. Tensors are views of the mapping, little
 * endian, valid until the file is closed; any number of threads may read them.
 */
public final class SafeTensors implements AutoCloseable {

    /** The format's own limit for the header. */
    private static final long MOST_HEADER_BYTES = 100_000_000;

    private static final ValueLayout.OfLong HEADER_LENGTH =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path file;
    private final Arena arena;
    private final MemorySegment data;
    private final SafeTensorsHeader header;

    private SafeTensors(Path file, Arena arena, MemorySegment data, SafeTensorsHeader header) {
        this.file = file;
        this.arena = arena;
        this.data = data;
        this.header = header;
    }

    /**
     * Maps a file.
     *
     * @throws ModelFormatException if it cannot be read or is not a consistent safetensors file
     */
    @SuppressWarnings("MustBeClosed") // The arena is closed with the file that is returned, or here on an error.
    public static SafeTensors open(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new ModelFormatException(
                    file, Files.exists(file) ? "it is not a regular file" : "there is no such file");
        }
        var arena = Arena.ofShared();
        try {
            var mapped = map(file, arena);
            long headerBytes = headerBytes(file, mapped);
            long dataStart = Long.BYTES + headerBytes;
            byte[] json = mapped.asSlice(Long.BYTES, headerBytes).toArray(ValueLayout.JAVA_BYTE);
            var header = SafeTensorsHeader.parse(file, json, mapped.byteSize() - dataStart);
            return new SafeTensors(file, arena, mapped.asSlice(dataStart), header);
        } catch (NoSuchFileException e) {
            arena.close();
            throw new ModelFormatException(file, "there is no such file", e);
        } catch (IOException e) {
            arena.close();
            throw new ModelFormatException(file, "it cannot be read: " + e.getMessage(), e);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /** Maps the whole file. A file channel closes itself when its thread is interrupted; then another one is opened. */
    private static MemorySegment map(Path file, Arena arena) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
                    return channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
                } catch (ClosedByInterruptException e) {
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static long headerBytes(Path file, MemorySegment mapped) {
        if (mapped.byteSize() < Long.BYTES) {
            throw new ModelFormatException(
                    file, "it has " + mapped.byteSize() + " bytes, fewer than the 8 of the header's length");
        }
        long length = mapped.get(HEADER_LENGTH, 0);
        if (length < 2 || length > MOST_HEADER_BYTES) {
            throw new ModelFormatException(
                    file,
                    "its header's length is given as " + Long.toUnsignedString(length)
                            + " bytes, but must be from 2 to " + MOST_HEADER_BYTES);
        }
        if (length > mapped.byteSize() - Long.BYTES) {
            throw new ModelFormatException(
                    file,
                    "its header's length is given as " + length + " bytes, but only " + (mapped.byteSize() - Long.BYTES)
                            + " follow; the file is truncated");
        }
        return length;
    }

    /** Where the tensors come from. */
    public Path file() {
        return file;
    }

    /** All tensors by name, in the order of their data. */
    public Map<String, TensorEntry> tensors() {
        return Map.copyOf(header.tensors());
    }

    /** Free text that was stored with the tensors. */
    public Map<String, String> metadata() {
        return Map.copyOf(header.metadata());
    }

    /**
     * The entry of a tensor that must be there in the given shape.
     *
     * @throws ModelFormatException if it is missing or its shape is another
     */
    public TensorEntry require(String name, long... shape) {
        var entry = header.tensors().get(name);
        if (entry == null) {
            throw new ModelFormatException(file, "tensor '" + name + "' is missing");
        }
        List<Long> expected = Arrays.stream(shape).boxed().toList();
        if (!entry.shape().equals(expected)) {
            throw new ModelFormatException(
                    file, "tensor '" + name + "': its shape is " + entry.describeShape() + " instead of " + expected);
        }
        return entry;
    }

    /** The bytes of a tensor of this file. */
    public MemorySegment bytes(TensorEntry entry) {
        return data.asSlice(entry.begin(), entry.end() - entry.begin());
    }

    /** Ends the mapping; views of it can no longer be read. */
    @Override
    public void close() {
        arena.close();
    }
}
