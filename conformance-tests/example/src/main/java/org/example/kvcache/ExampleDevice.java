package org.example.kvcache;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest;
import io.arkvale.api.ElementType;
import io.arkvale.api.GroupScore;
import io.arkvale.core.tensor.Elements;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.core.tensor.HostTensorDevice;
import io.arkvale.spi.Attention;
import io.arkvale.spi.FilledPage;
import io.arkvale.spi.PageScores;
import io.arkvale.spi.RowRun;
import io.arkvale.spi.Scoring;
import io.arkvale.spi.SlotCopy;
import io.arkvale.spi.Storage;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A whole device in plain loops. A slot holds rows as they come: keys {@code [kvHeadsPerGroup, pageSize, headDim]}, then values
 * in the same shape. Replace the loops one by one with what your device does; the kit tells what went wrong.
 */
final class ExampleDevice implements HostTensorDevice {
    private final CacheSpec spec;
    private final ElementType type;
    private final int width;
    private final long slotBytes;
    private final HostMemory slots;
    /** Digests by block and KV head of the group. There are never more than backups. */
    private final List<float[][]> digests = new ArrayList<>();

    ExampleDevice(CacheSpec spec) {
        this.spec = spec;
        type = spec.elementType();
        width = spec.headDim();
        slotBytes = spec.slotBytes();
        slots = new HostMemory(Math.multiplyExact(spec.deviceSlots(), slotBytes));
    }

    @Override
    public Storage storage() {
        return Storage.of(slotBytes);
    }

    // Storing pages.

    @Override
    public void write(List<RowRun> runs, HostMemory keys, HostMemory values) {
        long bytes = (long) width * type.bytes();
        for (var run : runs) {
            var slot = slot(run.slot());
            for (int row = 0; row < run.rows(); row++) {
                for (int head = 0; head < spec.kvHeadsPerGroup(); head++) {
                    long inRow = kvHead(run.group(), head) * bytes;
                    long key = keys.at(run.row() + row) + inRow;
                    long value = values.at(run.row() + row) + inRow;
                    int token = run.token() + row;
                    MemorySegment.copy(keys.segment(), key, slot, key(head, token) * type.bytes(), bytes);
                    MemorySegment.copy(values.segment(), value, slot, value(head, token) * type.bytes(), bytes);
                }
            }
        }
    }

    @Override
    public void copy(int from, int to) {
        slot(to).copyFrom(slot(from));
    }

    @Override
    public void download(List<SlotCopy> copies) {
        for (var copy : copies) {
            MemorySegment.copy(slot(copy.slot()), 0, copy.memory(), copy.at(), slotBytes);
        }
    }

    @Override
    public void upload(List<SlotCopy> copies) {
        for (var copy : copies) {
            MemorySegment.copy(copy.memory(), copy.at(), slot(copy.slot()), 0, slotBytes);
        }
    }

    // Summarising pages.

    @Override
    public void digest(List<FilledPage> pages) {
        for (var page : pages) {
            for (int head = 0; head < spec.kvHeadsPerGroup(); head++) {
                var keys = new float[spec.pageSize()][];
                for (int token = 0; token < keys.length; token++) {
                    keys[token] = row(slot(page.slot()), key(head, token));
                }
                block(page.block())[head] = summary(page.digest()).of(keys);
            }
        }
    }

    @Override
    public float[] digest(Digest digest, int block, int index, int head) {
        return block(block)[head].clone();
    }

    private PageSummary summary(Digest digest) {
        return new PageSummary(digest, type, width);
    }

    /** A block of digests, one per KV head. The core takes the lowest free number, so that there are as many as are needed. */
    private float[][] block(int block) {
        while (digests.size() <= block) {
            digests.add(new float[spec.kvHeadsPerGroup()][0]);
        }
        return digests.get(block);
    }

    // Scoring pages.

    @Override
    public void score(List<Scoring> work, HostMemory queries, PageScores scores) {
        for (var part : work) {
            for (int head = 0; head < spec.queryHeadsPerGroup(); head++) {
                var query = query(queries, part.row(), part.group(), head);
                var scorer = summary(part.digest());
                var own = new float[part.pages()];
                for (int page = 0; page < own.length; page++) {
                    var summary = block(part.blocks().applyAsInt(page))[head / spec.queryHeadsPerKvHead()];
                    own[page] = scorer.score(query, summary);
                }
                if (part.groupScore() == GroupScore.MEAN_SOFTMAX) {
                    softmax(own, (float) spec.attentionScale());
                }
                for (int page = 0; page < own.length; page++) {
                    int at = part.at() + page * spec.headGroups();
                    float before = head == 0 ? own[page] : scores.values()[at];
                    scores.values()[at] = part.groupScore() == GroupScore.MAX
                            ? Math.max(before, own[page])
                            : (head == 0 ? 0 : before) + own[page] / spec.queryHeadsPerGroup();
                }
            }
        }
    }

    // Attending to pages.

    @Override
    public void attend(List<Attention> work, HostMemory queries, HostMemory output) {
        for (var part : work) {
            for (int row = 0; row < part.rows(); row++) {
                for (int head = 0; head < spec.queryHeadsPerGroup(); head++) {
                    var query = query(queries, part.row() + row, part.group(), head);
                    var mixed = attend(part, part.from(row), part.seen(row), query, head / spec.queryHeadsPerKvHead());
                    long at = queryAt(output, part.row() + row, part.group(), head);
                    for (int i = 0; i < width; i++) {
                        Elements.set(output.segment(), type, at + i, mixed[i]);
                    }
                }
            }
        }
    }

    /** Attention of one query to the tokens from one on, before another. */
    private float[] attend(Attention work, int from, int to, float[] query, int head) {
        var weights = new float[to - from];
        for (int token = from; token < to; token++) {
            var key = row(page(work, token), key(head, token % spec.pageSize()));
            for (int i = 0; i < width; i++) {
                weights[token - from] += query[i] * key[i];
            }
        }
        softmax(weights, (float) spec.attentionScale());
        var mixed = new float[width];
        for (int token = from; token < to; token++) {
            var value = row(page(work, token), value(head, token % spec.pageSize()));
            for (int i = 0; i < width; i++) {
                mixed[i] += weights[token - from] * value[i];
            }
        }
        return mixed;
    }

    private MemorySegment page(Attention work, int token) {
        int page = token / spec.pageSize();
        int slot = work.pages().slot(page);
        return slot >= 0 ? slot(slot) : work.pages().backup(page);
    }

    private static void softmax(float[] numbers, float scale) {
        float most = most(numbers) * scale;
        float sum = 0;
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) Math.exp(numbers[i] * scale - most);
            sum += numbers[i];
        }
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] /= sum;
        }
    }

    // Where things lie, counted in elements.

    private MemorySegment slot(int slot) {
        return slots.segment().asSlice(slot * slotBytes, slotBytes);
    }

    private int kvHead(int group, int head) {
        return group * spec.kvHeadsPerGroup() + head;
    }

    private long key(int head, int token) {
        return ((long) head * spec.pageSize() + token) * width;
    }

    private long value(int head, int token) {
        return key(spec.kvHeadsPerGroup() + head, token);
    }

    private long queryAt(HostMemory tensor, int row, int group, int head) {
        return tensor.at(row) / type.bytes() + ((long) group * spec.queryHeadsPerGroup() + head) * width;
    }

    private float[] query(HostMemory queries, int row, int group, int head) {
        return row(queries.segment(), queryAt(queries, row, group, head));
    }

    private float[] row(MemorySegment memory, long at) {
        var row = new float[width];
        for (int i = 0; i < width; i++) {
            row[i] = Elements.get(memory, type, at + i);
        }
        return row;
    }

    private static float most(float[] numbers) {
        float most = numbers[0];
        for (float number : numbers) {
            most = Math.max(most, number);
        }
        return most;
    }

    @Override
    public long deviceBytes() {
        long held = slots.bytes();
        for (var heads : digests) {
            held += (long) heads.length * heads[0].length * Float.BYTES;
        }
        return held;
    }

    @Override
    public void close() {
        slots.close();
    }
}
