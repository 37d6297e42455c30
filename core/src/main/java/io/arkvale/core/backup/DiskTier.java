package io.arkvale.core.backup;

import io.arkvale.api.InvalidArgumentException;
import io.arkvale.core.table.SlotPool;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Backups in one file of fixed slots. The file has no name once it is open, so that it ends with the process however that
 * ends; where a system keeps the names of open files, it goes when the cache closes or the virtual machine ends. Reading
 * and writing are not ended by interrupts: an interrupted thread would close a channel for all others.
 */
final class DiskTier implements AutoCloseable {
    /** Which slots are in use. */
    final SlotPool slots;

    private final RandomAccessFile reader;
    private final RandomAccessFile writer;
    private final byte[] readBuffer;
    private final byte[] writeBuffer;
    private final long slotBytes;
    private long length;

    /**
     * Makes the file.
     *
     * @throws InvalidArgumentException if the directory does not exist or cannot be written
     */
    DiskTier(Path directory, long slotBytes, long capacity) {
        this.slotBytes = slotBytes;
        slots = new SlotPool(Math.toIntExact(capacity));
        if (!Files.isDirectory(directory)) {
            throw new InvalidArgumentException("diskDirectory " + directory + " is not an existing directory");
        }
        readBuffer = new byte[Math.toIntExact(slotBytes)];
        writeBuffer = new byte[readBuffer.length];
        try {
            var path = Files.createTempFile(directory, "arkvale-", ".pages");
            writer = new RandomAccessFile(path.toFile(), "rw");
            reader = new RandomAccessFile(path.toFile(), "r");
            forgetName(path);
        } catch (IOException e) {
            throw new InvalidArgumentException("diskDirectory " + directory + " cannot be written: " + e);
        }
    }

    private static void forgetName(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            path.toFile().deleteOnExit();
        }
    }

    /** Bytes of the file. */
    synchronized long bytes() {
        return length;
    }

    void write(int slot, MemorySegment source) throws IOException {
        synchronized (writer) {
            MemorySegment.copy(source, 0, MemorySegment.ofArray(writeBuffer), 0, slotBytes);
            writer.seek(slot * slotBytes);
            writer.write(writeBuffer);
        }
        grow((slot + 1) * slotBytes);
    }

    private synchronized void grow(long end) {
        length = Math.max(length, end);
    }

    void read(int slot, MemorySegment target) throws IOException {
        synchronized (reader) {
            reader.seek(slot * slotBytes);
            reader.readFully(readBuffer);
            MemorySegment.copy(MemorySegment.ofArray(readBuffer), 0, target, 0, slotBytes);
        }
    }

    @Override
    public void close() throws IOException {
        try {
            writer.close();
        } finally {
            reader.close();
        }
    }
}
