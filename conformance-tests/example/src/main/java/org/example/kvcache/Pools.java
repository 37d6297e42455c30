package org.example.kvcache;

import io.arkvale.api.CacheSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The device slots, host slots and files of a cache. */
class Pools {
    private final CacheSpec spec;
    private final BitSet used = new BitSet();

    /** Backups held in memory. */
    long hostBackups;

    /** Backups held in files. */
    long fileBackups;

    /** Group pages loaded from backups so far. */
    long loads;

    /** Group pages backed up so far. */
    long stores;

    Pools(CacheSpec spec) {
        this.spec = spec;
    }

    /** A slot that holds a copy of the given numbers; zeros if null. */
    Page.Slot allocate(float @Nullable [] data) {
        var index = used.nextClearBit(0);
        if (index >= spec.deviceSlots()) {
            throw new IllegalStateException("a step used more slots than it reserved");
        }
        used.set(index);
        return new Page.Slot(index, data == null ? new float[slotNumbers()] : data.clone());
    }

    void free(Page.Slot slot) {
        used.clear(slot.index());
    }

    int used() {
        return used.cardinality();
    }

    Page.Backup store(float[] data, boolean onHost) {
        stores++;
        if (onHost) {
            hostBackups++;
            return new Page.Backup(data.clone(), null);
        }
        // An interrupt would close the file in the middle.
        var interrupted = Thread.interrupted();
        try {
            var file = Files.createTempFile(Objects.requireNonNull(spec.diskDirectory()), "page", ".bin");
            var bytes = MemorySegment.ofArray(new byte[Math.toIntExact(spec.slotBytes())]);
            for (var i = 0; i < data.length; i++) {
                Numbers.write(spec.elementType(), bytes, i, data[i]);
            }
            Files.write(file, (byte[]) bytes.heapBase().orElseThrow());
            fileBackups++;
            return new Page.Backup(null, file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            interruptAgain(interrupted);
        }
    }

    float[] load(Page.Backup backup) {
        if (backup.data() != null) {
            return backup.data();
        }
        var interrupted = Thread.interrupted();
        try {
            var bytes = MemorySegment.ofArray(Files.readAllBytes(Objects.requireNonNull(backup.file())));
            var data = new float[slotNumbers()];
            for (var i = 0; i < data.length; i++) {
                data[i] = Numbers.read(spec.elementType(), bytes, i);
            }
            return data;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            interruptAgain(interrupted);
        }
    }

    private static void interruptAgain(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    void delete(Page.Backup backup) {
        Path file = backup.file();
        if (file == null) {
            hostBackups--;
            return;
        }
        try {
            Files.deleteIfExists(file);
            fileBackups--;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long fileBytes() {
        return fileBackups * spec.slotBytes();
    }

    private int slotNumbers() {
        return 2 * spec.kvHeadsPerGroup() * spec.pageSize() * spec.headDim();
    }
}
