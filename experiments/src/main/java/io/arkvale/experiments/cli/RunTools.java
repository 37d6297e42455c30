package io.arkvale.experiments.cli;

import io.arkvale.api.Backend;
import io.arkvale.experiments.engine.Machine;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.policy.recall.ArkVale;
import io.arkvale.experiments.report.Origin;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.WorkerPool;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Threads, and the backend if a run needs one, opened once the options are known to be right. */
final class RunTools implements AutoCloseable {
    private final WorkerPool pool;
    private final @Nullable Backend backend;

    private RunTools(WorkerPool pool, @Nullable Backend backend) {
        this.pool = pool;
        this.backend = backend;
    }

    /** Whether one of the runs needs a backend. */
    static boolean needBackend(List<RunSpec> runs) {
        return runs.stream().anyMatch(run -> run.choice().policy() instanceof ArkVale);
    }

    static RunTools open(ThreadOptions threads, BackendOptions backendOptions, boolean needsBackend) {
        var count = threads.threads();
        var backend = needsBackend ? backendOptions.create() : null;
        return new RunTools(WorkerPool.shared(count), backend);
    }

    Machine tools() {
        return new Machine(DenseKernels.vector(), pool, backend);
    }

    Origin origin(long seed, String model) {
        return new Origin(
                seed, model, backend == null ? null : backend.id(), backend == null ? null : backend.device());
    }

    @Override
    public void close() {
        pool.close();
        if (backend != null) {
            backend.close();
        }
    }
}
