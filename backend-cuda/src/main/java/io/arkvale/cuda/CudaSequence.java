package io.arkvale.cuda;

import io.arkvale.api.SequenceSpec;
import io.arkvale.core.CacheSequence;
import io.arkvale.cuda.driver.Memory;
import io.arkvale.cuda.kernel.CacheStructs.Limits;
import io.arkvale.cuda.kernel.CacheStructs.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A sequence: its tables on the device and its backup slots. */
public final class CudaSequence extends CacheSequence {
    /** Its full pages, of which it has backups in limited layers; shared with forks. */
    public final List<FullPage> fullPages = new ArrayList<>();

    public TableLayout tables;
    public Memory.OnDevice block;

    /** Budgets by layer and head group on the device; null if all layers have the same but the dense ones. */
    public final Memory.@Nullable OnDevice budgets;

    /** The block as it was at a version of the cache, for views. */
    public int[] copy = new int[0];

    public long copyVersion = -1;

    private final int[] limitedRuns;

    public CudaSequence(
            CudaCache cache,
            SequenceSpec spec,
            TableLayout tables,
            Memory.OnDevice block,
            Memory.@Nullable OnDevice budgets) {
        super(cache, spec);
        this.tables = tables;
        this.block = block;
        this.budgets = budgets;
        int groups = cache.spec().headGroups();
        limitedRuns = IntStream.range(0, cache.spec().layers() * groups)
                .filter(run -> residence().isLimited(run / groups))
                .toArray();
    }

    /** The runs, counted by layers and head groups, in which it has backups and digests. */
    public int[] limitedRuns() {
        return limitedRuns;
    }

    /** What it keeps resident, as kernels are given it. */
    public Limits limits() {
        var spec = spec();
        return new Limits(
                budgets == null ? 0 : budgets.value(),
                spec.budgetPages(),
                spec.budgetPages() == SequenceSpec.NO_BUDGET ? 0 : spec.rankedPages(),
                spec.sinkPages(),
                spec.windowPages(),
                spec.denseLayers());
    }

    /** Its tables, as kernels are given them. */
    public Tables onDevice() {
        return tables.in(block.address);
    }
}
