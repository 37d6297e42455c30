package io.arkvale.experiments.engine;

import io.arkvale.api.Backend;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.WorkerPool;
import org.jspecify.annotations.Nullable;

/**
 * What runs compute with; all of it stays its owner's.
 *
 * @param kernels of the engine's own attention
 * @param pool the threads
 * @param backend for ArkVale's runs, or null if there are none
 */
public record Machine(
        DenseKernels kernels, WorkerPool pool, @Nullable Backend backend) {
    public Backend requireBackend() {
        if (backend == null) {
            throw new IllegalStateException("a run of a cache needs a backend, and there is none");
        }
        return backend;
    }
}
