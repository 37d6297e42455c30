package io.arkvale.conformance.data;

import io.arkvale.api.Digest;
import io.arkvale.api.GroupScore;
import io.arkvale.api.LayerBudget;
import io.arkvale.api.Scope;
import io.arkvale.api.SequenceSpec;
import io.arkvale.conformance.cases.Shape;
import java.util.Comparator;
import java.util.stream.Stream;

/** Settings of a sequence with one of them replaced. */
public final class Settings {
    private Settings() {}

    /** The largest budget of any layer and head group; of settings without a budget the given number. */
    public static int largestBudget(SequenceSpec spec, int without) {
        return Stream.concat(
                        Stream.of(spec.budgetPages()),
                        spec.layerBudgets().stream().map(LayerBudget::budgetPages))
                .filter(budget -> budget != SequenceSpec.NO_BUDGET)
                .max(Comparator.naturalOrder())
                .orElse(without);
    }

    /** The same without the budgets of layers and head groups that a shape lacks, or whose layers have windows. */
    public static SequenceSpec fitting(SequenceSpec spec, Shape shape) {
        var dense = spec.denseLayers() > shape.layers() ? withDenseLayers(spec, 0) : spec;
        return dense.layerBudgets().isEmpty()
                ? dense
                : dense.withLayerBudgets(dense.layerBudgets().stream()
                        .filter(one -> one.layer() < shape.layers()
                                && one.group() < shape.headGroups()
                                && shape.window(one.layer()) == 0)
                        .toList());
    }

    /** The same with another digest. */
    public static SequenceSpec with(SequenceSpec spec, Digest digest) {
        return of(spec, spec.denseLayers(), digest, spec.groupScore(), spec.scope());
    }

    /** The same with another group score. */
    public static SequenceSpec with(SequenceSpec spec, GroupScore groupScore) {
        return of(spec, spec.denseLayers(), spec.digest(), groupScore, spec.scope());
    }

    /** The same with another scope. */
    public static SequenceSpec with(SequenceSpec spec, Scope scope) {
        return of(spec, spec.denseLayers(), spec.digest(), spec.groupScore(), scope);
    }

    /** The same with other dense layers. */
    public static SequenceSpec withDenseLayers(SequenceSpec spec, int denseLayers) {
        return of(spec, denseLayers, spec.digest(), spec.groupScore(), spec.scope());
    }

    /** The same with a window, what is attended to and a budget that are wider by some pages. */
    public static SequenceSpec withWiderWindow(SequenceSpec spec, int pages) {
        return !spec.isLimited()
                ? spec
                : new SequenceSpec(
                        spec.budgetPages() + pages,
                        spec.attendedPages() + pages,
                        spec.sinkPages(),
                        spec.windowPages() + pages,
                        spec.denseLayers(),
                        spec.digest(),
                        spec.groupScore(),
                        spec.scope(),
                        spec.pageSize(),
                        spec.layerBudgets().stream()
                                .map(one -> one.isLimited()
                                        ? new LayerBudget(
                                                one.layer(),
                                                one.group(),
                                                one.budgetPages() + pages,
                                                one.attendedPages() + pages)
                                        : one)
                                .toList());
    }

    private static SequenceSpec of(
            SequenceSpec spec, int denseLayers, Digest digest, GroupScore groupScore, Scope scope) {
        return new SequenceSpec(
                spec.budgetPages(),
                spec.attendedPages(),
                spec.sinkPages(),
                spec.windowPages(),
                denseLayers,
                digest,
                groupScore,
                scope,
                spec.pageSize(),
                spec.layerBudgets());
    }
}
