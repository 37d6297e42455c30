package io.arkvale.conformance.lockstep;

import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.ElementType;
import io.arkvale.api.KvCache;
import io.arkvale.api.Tensor;
import io.arkvale.conformance.data.Elements;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tensors that carry rows to and from a cache; kept and reused, so that most calls meet rows of earlier ones. */
public final class Staging {
    /** What outputs hold before a call writes them. */
    static final float UNTOUCHED = 7;

    private final KvCache cache;
    private final Map<String, Tensor> tensors = new HashMap<>();
    private int slackRows;

    Staging(KvCache cache) {
        this.cache = cache;
    }

    /** Rows of NaN to put behind the rows of every input, and of a known pattern behind those of every output. */
    public void slackRows(int slackRows) {
        this.slackRows = slackRows;
    }

    /** A tensor of queries that holds the rows. */
    public Tensor queries(List<float[]> rows) {
        return filled(
                "queries",
                cache.spec().elementType(),
                cache.spec().queryHeads(),
                cache.spec().headDim(),
                rows);
    }

    /** A tensor of keys that holds the rows. */
    public Tensor keys(List<float[]> rows) {
        return filled(
                "keys",
                cache.spec().elementType(),
                cache.spec().kvHeads(),
                cache.spec().headDim(),
                rows);
    }

    /** A tensor of values that holds the rows. */
    public Tensor values(List<float[]> rows) {
        return filled(
                "values",
                cache.spec().elementType(),
                cache.spec().kvHeads(),
                cache.spec().headDim(),
                rows);
    }

    /** A tensor of scores that holds the rows; at least one row, whatever it holds. */
    public Tensor scores(List<float[]> rows) {
        return filled("scores", ElementType.F32, cache.spec().headGroups(), 1, rows);
    }

    /** A tensor for the outputs of the given rows. */
    public Tensor outputs(int rows) {
        var pattern = new float[cache.spec().queryHeads() * cache.spec().headDim()];
        Arrays.fill(pattern, UNTOUCHED);
        var all = new ArrayList<float[]>();
        for (var row = 0; row < rows + slackRows; row++) {
            all.add(pattern);
        }
        var spec = cache.spec();
        return holding("outputs", spec.elementType(), spec.queryHeads(), spec.headDim(), all);
    }

    /** Reads the rows of an output back; rows beyond must be untouched (rule 203). */
    public List<float[]> readOutputs(Tensor outputs, int rows) {
        var read = read(outputs, rows + slackRows);
        for (var row = rows; row < read.size(); row++) {
            for (var number : read.get(row)) {
                require(203, number == UNTOUCHED, "row %d of the output, beyond the call's %d, was changed", row, rows);
            }
        }
        return read.subList(0, rows);
    }

    /** Reads the first rows of a tensor. */
    public static List<float[]> read(Tensor tensor, int rows) {
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

    private Tensor filled(String purpose, ElementType type, int heads, int width, List<float[]> rows) {
        var all = new ArrayList<>(rows);
        var poison = new float[heads * width];
        Arrays.fill(poison, Float.NaN);
        for (var row = 0; row < slackRows || all.isEmpty(); row++) {
            all.add(poison);
        }
        return holding(purpose, type, heads, width, all);
    }

    private Tensor holding(String purpose, ElementType type, int heads, int width, List<float[]> rows) {
        var tensor = tensors.get(purpose);
        if (tensor == null || tensor.rows() < rows.size()) {
            if (tensor != null) {
                tensor.close();
            }
            tensor = cache.allocate(type, rows.size(), heads, width);
            tensors.put(purpose, tensor);
        }
        var flat = new float[rows.size() * heads * width];
        for (var row = 0; row < rows.size(); row++) {
            System.arraycopy(rows.get(row), 0, flat, row * heads * width, heads * width);
        }
        tensor.copyFrom(0, rows.size(), Elements.segment(type, flat));
        return tensor;
    }
}
