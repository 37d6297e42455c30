package io.arkvale.conformance.lockstep;

import static io.arkvale.conformance.lockstep.RuleViolation.require;
import static java.util.Objects.requireNonNull;

import io.arkvale.api.Capabilities;
import io.arkvale.api.ElementType;
import io.arkvale.api.KvCache;
import io.arkvale.api.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tensors that carry rows to and from a cache; kept and reused, so that most calls meet rows of earlier ones. */
public final class Staging {
    /** What outputs hold before a call writes them. */
    static final float UNTOUCHED = 7;

    /** Where tensors lie, if the backend wraps any. */
    public enum Placement {
        /** In memory of their own. */
        ALLOCATED,
        /** Over larger ones, with gaps between rows. */
        WRAPPED,
        /** Every other one so. */
        BOTH
    }

    private final KvCache cache;
    private final Capabilities capabilities;
    private final Map<String, StagedTensor> tensors = new HashMap<>();

    private Placement placement = Placement.BOTH;
    private int made;

    private int slackRows;

    Staging(KvCache cache, Capabilities capabilities) {
        this.cache = cache;
        this.capabilities = capabilities;
    }

    /** Where tensors lie that are made from now on. */
    public void place(Placement placement) {
        this.placement = placement;
    }

    private boolean isWrapped() {
        made++;
        return capabilities.wrapsTensors()
                && switch (placement) {
                    case ALLOCATED -> false;
                    case WRAPPED -> true;
                    case BOTH -> (made + cache.spec().deviceSlots()) % 2 == 0;
                };
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
    public List<float[]> readOutputs(int rows) {
        var read = requireNonNull(tensors.get("outputs")).read(rows + slackRows);
        for (var row = rows; row < read.size(); row++) {
            for (var number : read.get(row)) {
                require(203, number == UNTOUCHED, "row %d of the output, beyond the call's %d, was changed", row, rows);
            }
        }
        return read.subList(0, rows);
    }

    /** Reads the first rows of a tensor. */
    public static List<float[]> read(Tensor tensor, int rows) {
        return StagedTensor.read(tensor, rows);
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
        var staged = tensors.get(purpose);
        if (staged == null || staged.tensor().rows() < rows.size()) {
            if (staged != null) {
                staged.close();
            }
            staged = isWrapped()
                    ? StagedTensor.wrapped(cache, capabilities, type, rows.size(), heads, width)
                    : StagedTensor.allocated(cache, type, rows.size(), heads, width);
            tensors.put(purpose, staged);
        }
        staged.write(rows);
        return staged.tensor();
    }
}
