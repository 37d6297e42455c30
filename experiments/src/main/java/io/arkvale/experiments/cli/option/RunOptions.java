package io.arkvale.experiments.cli.option;

import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.engine.Machine;
import io.arkvale.experiments.plan.ContentDigest;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.run.Lab;
import io.arkvale.experiments.run.OpenLab;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.llama.config.LlamaConfig;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Mixin;

/** What every command that runs a model asks: which model, which backend, which seed. */
public final class RunOptions {
    @Mixin
    private SeedOption seed = new SeedOption();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private BackendOptions backend = new BackendOptions();

    /** Checks the runs, then opens model and, if one of them needs it, the backend. */
    public Lab open(Terminal terminal, List<RunSpec> runs) {
        return open(terminal, WorkerPool.shared(model.threads().threads()), isBackendNeeded(runs));
    }

    /** The same if the lab that is open is another; it stays its holder's. */
    public Lab open(Terminal terminal, OpenLab present, List<RunSpec> runs) {
        return open(terminal, present, isBackendNeeded(runs));
    }

    /** The lab with or without the backend; it stays its holder's. */
    public Lab open(Terminal terminal, OpenLab present, boolean needsBackend) {
        var identity = Lab.identity(model.directory(), model.form());
        var asked = Arrays.asList(
                model.directory(), identity, model.threads().threads(), needsBackend, backend.id(), backend.values());
        return present.of(
                asked, () -> open(terminal, present.threads(model.threads().threads()), needsBackend));
    }

    private boolean isBackendNeeded(List<RunSpec> runs) {
        var config = LlamaConfig.read(model.directory());
        runs.forEach(run -> run.check(config));
        return backend.isNeeded(runs);
    }

    private Lab open(Terminal terminal, WorkerPool pool, boolean needsBackend) {
        var directory = model.directory();
        LlamaConfig.read(directory); // what is no model is known before a backend is opened
        var machine = Machine.of(pool, backend.create(terminal, needsBackend), backend.values());
        return Lab.open(directory, machine, model.form());
    }

    /** What the model and, if it is needed, the backend are by content. */
    public String identity(boolean needsBackend) {
        return Lab.identity(model.directory(), model.form())
                + (needsBackend ? ContentDigest.ofCode(backend.provider().getClass()) : "");
    }

    /** The model's directory. */
    public Path directory() {
        return model.directory();
    }

    public long seed() {
        return seed.value();
    }

    /** Warns once if a text is longer than what the model was trained with. */
    public void warnBeyondTraining(Terminal terminal, int tokens) {
        var trained = ModelCard.trainedTokens(model.directory());
        if (trained.isPresent() && tokens > trained.getAsInt()) {
            terminal.err()
                    .println("arkvale: warning: a prompt has " + tokens + " tokens; the model was trained with at most "
                            + trained.getAsInt());
        }
    }
}
