package io.arkvale.conformance.data;

import io.arkvale.api.Digest;
import io.arkvale.api.GroupScore;
import io.arkvale.api.Scope;
import io.arkvale.api.SequenceSpec;

/** Settings of a sequence with one of them replaced. */
public final class Settings {
    private Settings() {}

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
                        spec.pageSize());
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
                spec.pageSize());
    }
}
