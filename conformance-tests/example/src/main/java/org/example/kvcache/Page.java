package org.example.kvcache;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One page of one layer. Forks share it until one of them appends to it while it is not full. Each head group has its
 * own slot and backup, in the layout {@code keys [kvHeadsPerGroup, pageSize, headDim]}, then values alike.
 */
final class Page {
    /** A place in the device pool and what lies in it. */
    static final class Slot {
        private final int index;
        private final float[] data;

        Slot(int index, float[] data) {
            this.index = index;
            this.data = data;
        }

        int index() {
            return index;
        }

        float[] data() {
            return data;
        }
    }

    /** A copy beyond the device: in memory, or in a file. */
    static final class Backup {
        private final float @Nullable [] data;
        private final @Nullable Path file;

        Backup(float @Nullable [] data, @Nullable Path file) {
            this.data = data;
            this.file = file;
        }

        float @Nullable [] data() {
            return data;
        }

        @Nullable
        Path file() {
            return file;
        }
    }

    final @Nullable Slot[] slots;
    final @Nullable Backup[] backups;
    /** One a KV head once the page is full, in a layer with a budget. */
    float @Nullable [] @Nullable [] digests;

    int tokens;

    Page(int groups) {
        slots = new Slot[groups];
        backups = new Backup[groups];
    }
}
