package io.arkvale.experiments.engine;

import io.arkvale.api.Backend;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.pool.WorkerPool;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What runs compute with. Whoever made the threads and the backend closes them, or closes this.
 *
 * @param kernels of the engine's own attention
 * @param pool the threads
 * @param backend for the runs of a cache, or null if there are none
 * @param backendOptions with which it was created
 */
public record Machine(
        DenseKernels kernels, WorkerPool pool, @Nullable Backend backend, Map<String, String> backendOptions)
        implements AutoCloseable {
    /** With a backend of no options, or without one. */
    public Machine(DenseKernels kernels, WorkerPool pool, @Nullable Backend backend) {
        this(kernels, pool, backend, Map.of());
    }

    /** Vector kernels, threads, and a backend. */
    public static Machine of(WorkerPool pool, @Nullable Backend backend, Map<String, String> backendOptions) {
        return new Machine(DenseKernels.vector(), pool, backend, Map.copyOf(backendOptions));
    }

    /**
     * The backend.
     *
     * @throws IllegalStateException if there is none
     */
    public Backend requireBackend() {
        if (backend == null) {
            throw new IllegalStateException("a run of a cache needs a backend, and there is none");
        }
        return backend;
    }

    @Override
    public void close() {
        pool.close();
        if (backend != null) {
            backend.close();
        }
    }
}
