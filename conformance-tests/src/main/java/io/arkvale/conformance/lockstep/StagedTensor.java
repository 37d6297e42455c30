package io.arkvale.conformance.lockstep;

import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.ElementType;
import io.arkvale.api.KvCache;
import io.arkvale.api.Tensor;
import io.arkvale.conformance.data.Elements;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tensor that calls are given, and what lies around it. It is either allocated, or wrapped over a larger one with gaps
 * between its rows: gaps hold NaN, which no call may read as a number, and which every call must leave there.
 */
final class StagedTensor implements AutoCloseable {
    private final Tensor tensor;
    private final @Nullable Tensor around;

    /** Elements before the first row, and between rows. */
    private final int gap;

    private final boolean onHost;

    private StagedTensor(Tensor tensor, @Nullable Tensor around, int gap, boolean onHost) {
        this.tensor = tensor;
        this.around = around;
        this.gap = gap;
        this.onHost = onHost;
    }

    /** Allocates it. */
    static StagedTensor allocated(KvCache cache, ElementType type, int rows, int heads, int width) {
        return new StagedTensor(cache.allocate(type, rows, heads, width), null, 0, false);
    }

    /** Wraps it: with as small gaps as alignment allows. */
    static StagedTensor wrapped(
            KvCache cache, Capabilities capabilities, ElementType type, int rows, int heads, int width) {
        var unit = Math.max(1, capabilities.tensorAlignment() / type.bytes());
        var row = Math.multiplyExact(heads, width);
        var gap = Math.ceilDiv(row + 1, unit) * unit - row;
        // What stands before the first row must be aligned as well.
        var before = Math.ceilDiv(gap, unit) * unit;
        var around = cache.allocate(type, 1, 1, Math.addExact(before, Math.multiplyExact(rows, row + gap)));
        var nothing = new float[around.width()];
        Arrays.fill(nothing, Float.NaN);
        around.copyFrom(Elements.segment(type, nothing));
        var memory = around.memory().asSlice((long) before * type.bytes());
        var stride = (long) (row + gap) * type.bytes();
        var tensor = cache.wrap(memory, type, rows, heads, width, stride);
        return new StagedTensor(tensor, around, gap, capabilities.supports(Feature.HOST_TENSORS));
    }

    Tensor tensor() {
        return tensor;
    }

    /** Writes rows from the first on: if calls are done with host memory when they return, past the backend. */
    void write(List<float[]> rows) {
        var width = tensor.heads() * tensor.width();
        var flat = new float[rows.size() * width];
        for (var row = 0; row < rows.size(); row++) {
            System.arraycopy(rows.get(row), 0, flat, row * width, width);
        }
        var bytes = Elements.segment(tensor.elementType(), flat);
        if (around == null || !onHost) {
            tensor.copyFrom(0, rows.size(), bytes);
            return;
        }
        for (var row = 0; row < rows.size(); row++) {
            MemorySegment.copy(
                    bytes, row * tensor.rowBytes(), tensor.memory(), row * tensor.rowStride(), tensor.rowBytes());
        }
    }

    /** The first rows; what lies around them must be as it was. */
    List<float[]> read(int rows) {
        requireGaps();
        return read(tensor, rows);
    }

    static List<float[]> read(Tensor tensor, int rows) {
        var result = new ArrayList<float[]>();
        if (rows == 0) {
            return result;
        }
        var segment = MemorySegment.ofArray(new byte[Math.toIntExact(rows * tensor.rowBytes())]);
        tensor.copyTo(0, rows, segment);
        var width = tensor.heads() * tensor.width();
        for (var row = 0; row < rows; row++) {
            var numbers = new float[width];
            for (var i = 0; i < width; i++) {
                numbers[i] = Elements.get(tensor.elementType(), segment, (long) row * width + i);
            }
            result.add(numbers);
        }
        return result;
    }

    private void requireGaps() {
        if (around == null) {
            return;
        }
        var type = tensor.elementType();
        var bytes = MemorySegment.ofArray(new byte[Math.toIntExact(around.rowBytes())]);
        around.copyTo(bytes);
        var stride = Math.toIntExact(tensor.rowStride() / type.bytes());
        var before = around.width() - tensor.rows() * stride;
        for (var i = 0; i < around.width(); i++) {
            var isGap = i < before || (i - before) % stride >= stride - gap;
            require(
                    206,
                    !isGap || Float.isNaN(Elements.get(type, bytes, i)),
                    "element %d of the caller's memory, which belongs to no row, was changed",
                    i);
        }
    }

    @Override
    public void close() {
        tensor.close();
        if (around != null) {
            around.close();
        }
    }
}
