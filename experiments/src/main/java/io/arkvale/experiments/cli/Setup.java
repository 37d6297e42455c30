package io.arkvale.experiments.cli;

import io.arkvale.api.Backend;
import io.arkvale.experiments.engine.RunSpec;
import io.arkvale.experiments.engine.Workbench;
import io.arkvale.experiments.policy.recall.ArkVale;
import io.arkvale.experiments.report.Origin;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.WorkerPool;
import io.arkvale.llama.Llama;
import io.arkvale.llama.LlamaConfig;
import io.arkvale.llama.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Model, threads and backend of a command, opened once its options are known to be right. */
final class Setup implements AutoCloseable {
    private final Path directory;
    private final WorkerPool pool;
    private final @Nullable Backend backend;
    private final Workbench bench;

    private Setup(Path directory, WorkerPool pool, @Nullable Backend backend, Llama model, Tokenizer tokenizer) {
        this.directory = directory;
        this.pool = pool;
        this.backend = backend;
        bench = new Workbench(model, tokenizer, backend);
    }

    /** Checks the runs, then creates the backend if one of them needs it, and loads the model. */
    static Setup open(ModelOptions modelOptions, BackendOptions backendOptions, List<RunSpec> runs) {
        var directory = modelOptions.directory();
        var config = LlamaConfig.read(directory);
        runs.forEach(run -> run.check(config));
        var needsBackend = runs.stream().anyMatch(run -> run.choice().policy() instanceof ArkVale);
        var backend = needsBackend ? backendOptions.create() : null;
        var pool = WorkerPool.shared(modelOptions.threads());
        try {
            var model = Llama.load(directory, DenseKernels.vector(), pool);
            return new Setup(directory, pool, backend, model, Tokenizer.forModel(directory, config));
        } catch (Throwable failure) {
            pool.close();
            if (backend != null) {
                backend.close();
            }
            throw failure;
        }
    }

    Workbench bench() {
        return bench;
    }

    Origin origin(long seed) {
        return new Origin(
                seed,
                String.valueOf(directory.getFileName()),
                backend == null ? null : backend.id(),
                backend == null ? null : backend.device());
    }

    /** Warns once if a text is longer than what the model was trained with. */
    void warnBeyondTraining(Terminal terminal, int tokens) {
        var trained = ModelCard.trainedTokens(directory);
        if (trained.isPresent() && tokens > trained.getAsInt()) {
            terminal.err()
                    .println("arkvale: warning: a prompt has " + tokens + " tokens; the model was trained with at most "
                            + trained.getAsInt());
        }
    }

    @Override
    public void close() {
        pool.close();
        if (backend != null) {
            backend.close();
        }
    }
}
