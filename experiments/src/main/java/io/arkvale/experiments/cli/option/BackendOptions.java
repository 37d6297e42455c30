package io.arkvale.experiments.cli.option;

import io.arkvale.api.Backend;
import io.arkvale.api.BackendProvider;
import io.arkvale.api.Backends;
import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.terminal.Terminal;
import io.arkvale.experiments.plan.RunSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which backend. */
public final class BackendOptions {
    @Option(
            names = "--backend",
            paramLabel = "ID",
            description = "Backend (default: the best one available; see 'arkvale backends').")
    private @Nullable String id;

    @Option(
            names = {"--backend-option", "--option"},
            paramLabel = "NAME=VALUE",
            description = "Option of the backend; may be given several times.")
    private Map<String, String> options = new LinkedHashMap<>();

    /** Creates the backend asked for, or the best one. */
    public Backend create() {
        if (id != null) {
            return Backends.create(id, options);
        }
        if (!options.isEmpty()) {
            throw new UserException("--backend-option belongs to one backend; name it with --backend");
        }
        return Backends.createBest();
    }

    /** Whether one of the runs needs a backend. */
    public boolean isNeeded(List<RunSpec> runs) {
        return runs.stream().anyMatch(run -> run.onCache().isPresent());
    }

    /**
     * Creates the backend if it is needed. One that is named must be there and know its options in any case; if nothing
     * needs it, that is said.
     */
    @Nullable
    public Backend create(Terminal terminal, boolean needed) {
        if (needed) {
            return create();
        }
        if (id != null || !options.isEmpty()) {
            create().close();
            terminal.err()
                    .println("arkvale: note: nothing here runs on a backend; --backend " + id + " changes nothing");
        }
        return null;
    }

    /** The provider of the backend asked for, or of the best one available. */
    public BackendProvider provider() {
        if (id != null) {
            return Backends.provider(id);
        }
        try (var best = create()) {
            return Backends.provider(best.id());
        }
    }

    /** The backend asked for, or null. */
    @Nullable
    public String id() {
        return id;
    }

    /** The options given, by name. */
    public Map<String, String> values() {
        return options;
    }
}
