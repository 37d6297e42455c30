package io.arkvale.cpu;

import io.arkvale.api.InvalidArgumentException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;

/** Backups in one file of fixed slots, removed when the cache closes. */
final class DiskTier implements AutoCloseable {
    private final Path path;
    private final FileChannel file;
    private final long slotBytes;
    private final int capacity;
    private final BitSet taken = new BitSet();

    DiskTier(Path directory, long slotBytes, long capacity) {
        this.slotBytes = slotBytes;
        this.capacity = (int) Math.min(capacity, Integer.MAX_VALUE);
        if (!Files.isDirectory(directory)) {
            throw new InvalidArgumentException("diskDirectory " + directory + " is not an existing directory");
        }
        try {
            path = Files.createTempFile(directory, "arkvale-", ".pages");
            file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new InvalidArgumentException("diskDirectory " + directory + " cannot be written: " + e);
        }
    }

    long available() {
        return (long) capacity - taken.cardinality();
    }

    long used() {
        return taken.cardinality();
    }

    long bytes() {
        return taken.length() * slotBytes;
    }

    int take() {
        int slot = taken.nextClearBit(0);
        taken.set(slot);
        return slot;
    }

    void release(int slot) {
        taken.clear(slot);
    }

    void write(int slot, MemorySegment source) throws IOException {
        var buffer = source.asByteBuffer();
        for (long at = slot * slotBytes; buffer.hasRemaining(); ) {
            at += file.write(buffer, at);
        }
    }

    void read(int slot, MemorySegment target) throws IOException {
        var buffer = target.asByteBuffer();
        for (long at = slot * slotBytes; buffer.hasRemaining(); ) {
            int count = file.read(buffer, at);
            if (count < 0) {
                throw new IOException(path + " ends before slot " + slot);
            }
            at += count;
        }
    }

    @Override
    public void close() {
        try {
            file.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
