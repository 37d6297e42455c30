package io.arkvale.experiments.cli;

import io.arkvale.api.Backend;
import io.arkvale.api.BackendProvider;
import io.arkvale.api.Backends;
import io.arkvale.experiments.UserException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which backend. */
final class BackendOptions {
    @Option(
            names = "--backend",
            paramLabel = "ID",
            description = "Backend that runs ArkVale (default: the best one available; see 'arkvale backends').")
    private @Nullable String id;

    @Option(
            names = {"--backend-option", "--option"},
            paramLabel = "NAME=VALUE",
            description = "Option of the backend; may be given several times.")
    private Map<String, String> options = new LinkedHashMap<>();

    /** Creates the backend asked for, or the best one. */
    Backend create() {
        if (id != null) {
            return Backends.create(id, options);
        }
        if (!options.isEmpty()) {
            throw new UserException("--backend-option belongs to one backend; name it with --backend");
        }
        return Backends.createBest();
    }

    /** The provider of the backend asked for, or of the best one available. */
    BackendProvider provider() {
        if (id != null) {
            return Backends.provider(id);
        }
        try (var best = create()) {
            return Backends.provider(best.id());
        }
    }

    /** The options given, by name. */
    Map<String, String> values() {
        return options;
    }
}
