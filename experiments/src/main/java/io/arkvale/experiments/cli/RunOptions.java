package io.arkvale.experiments.cli;

import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.report.Origin;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;

/** What every command that runs a model asks: which model, which backend, which seed. */
final class RunOptions {
    @Mixin
    private SeedOption seed = new SeedOption();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private BackendOptions backend = new BackendOptions();

    /** Checks the runs, then opens model and backend. */
    Setup open(List<RunSpec> runs) {
        return Setup.open(model, backend, runs);
    }

    /** Opens the model, and the backend if it is needed. */
    Setup open(boolean needsBackend) {
        return Setup.open(model, backend, needsBackend);
    }

    /** The model's directory. */
    Path directory() {
        return model.directory();
    }

    long seed() {
        return seed.value();
    }

    Origin origin(Setup setup) {
        return setup.origin(seed.value());
    }
}
