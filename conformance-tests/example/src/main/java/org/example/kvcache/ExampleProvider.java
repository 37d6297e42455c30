package org.example.kvcache;

import io.arkvale.api.Availability;
import io.arkvale.api.Backend;
import io.arkvale.api.BackendOption;
import io.arkvale.api.BackendProvider;
import io.arkvale.api.support.OptionValues;
import java.util.List;
import java.util.Map;

/** Found by ServiceLoader under the id {@code example}. */
public class ExampleProvider implements BackendProvider {
    /** Called by ServiceLoader. */
    public ExampleProvider() {}

    @Override
    public String id() {
        return "example";
    }

    @Override
    public int edition() {
        return 2;
    }

    @Override
    public int rank() {
        return -1;
    }

    @Override
    public List<BackendOption> options() {
        return List.of(OptionValues.CHECKS);
    }

    @Override
    public Availability probe() {
        return new Availability.Available("plain Java on the heap");
    }

    @Override
    public Backend create(Map<String, String> options) {
        return newBackend(new OptionValues(options(), options).immediateChecks());
    }

    ExampleBackend newBackend(boolean immediateChecks) {
        return new ExampleBackend(new Algorithm(), immediateChecks);
    }
}
