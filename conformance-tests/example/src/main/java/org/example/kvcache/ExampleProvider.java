package org.example.kvcache;

import io.arkvale.api.Availability;
import io.arkvale.api.Backend;
import io.arkvale.api.BackendOption;
import io.arkvale.api.BackendProvider;
import java.util.List;
import java.util.Map;

/** Found by ServiceLoader under the id {@code example}. */
public class ExampleProvider implements BackendProvider {
    private static final BackendOption CHECKS =
            new BackendOption("checks", "deferred", "deferred, immediate", "when a non-finite number is reported");

    /** Called by ServiceLoader. */
    public ExampleProvider() {}

    @Override
    public String id() {
        return "example";
    }

    @Override
    public int rank() {
        return -1;
    }

    @Override
    public List<BackendOption> options() {
        return List.of(CHECKS);
    }

    @Override
    public Availability probe() {
        return new Availability.Available("plain Java on the heap");
    }

    @Override
    public Backend create(Map<String, String> options) {
        var checks = String.valueOf(BackendOption.resolve(options(), options).get(CHECKS.name()));
        if (!checks.equals("deferred") && !checks.equals("immediate")) {
            throw CHECKS.reject(checks);
        }
        return newBackend(checks.equals("immediate"));
    }

    ExampleBackend newBackend(boolean immediateChecks) {
        return new ExampleBackend(new Algorithm(), immediateChecks);
    }
}
