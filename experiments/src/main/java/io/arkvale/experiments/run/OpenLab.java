package io.arkvale.experiments.run;

import io.arkvale.kernels.pool.WorkerPool;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The lab of the experiment before. One that asks for the same has it again, and does not read anew what both texts begin
 * with; any other has a new one in its place, so that there is never more than one model in memory.
 */
public final class OpenLab implements AutoCloseable {
    private final boolean isOneOfMany;
    private @Nullable Object asked;
    private @Nullable Lab lab;

    /** The only one that computes in this process. */
    public OpenLab() {
        this(false);
    }

    private OpenLab(boolean isOneOfMany) {
        this.isOneOfMany = isOneOfMany;
    }

    /** One of several that compute at the same time: threads that they shared would serve one after the other. */
    public static OpenLab oneOfMany() {
        return new OpenLab(true);
    }

    /** Threads for a lab; closed with it. */
    public WorkerPool threads(int count) {
        return isOneOfMany ? new WorkerPool(count, "arkvale-lab") : WorkerPool.shared(count);
    }

    /**
     * A lab that stays this holder's.
     *
     * @param asked what it is made of, equal if the lab is the same
     * @param open makes it
     */
    public Lab of(Object asked, Supplier<Lab> open) {
        var present = lab;
        if (present != null && asked.equals(this.asked)) {
            return present;
        }
        close();
        var opened = open.get();
        this.asked = asked;
        lab = opened;
        return opened;
    }

    @Override
    public void close() {
        if (lab != null) {
            lab.close();
            lab = null;
        }
    }
}
