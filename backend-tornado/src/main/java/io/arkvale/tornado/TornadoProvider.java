package io.arkvale.tornado;

import io.arkvale.api.Availability;
import io.arkvale.api.Backend;
import io.arkvale.api.BackendUnavailableException;
import io.arkvale.core.CoreProvider;
import java.util.Map;

/** Provider of {@code tornado}. Names no type of TornadoVM, so that it loads where there is none. */
public final class TornadoProvider extends CoreProvider {
    /** Used by ServiceLoader. */
    public TornadoProvider() {
        // Never chosen by itself: it is there to be asked for, and the CPU reference is faster on a CPU.
        super("tornado", -1, TornadoOptions.ALL);
    }

    @Override
    public Availability probe() {
        return Probe.device(0);
    }

    @Override
    public Backend create(Map<String, String> options) {
        var parsed = TornadoOptions.parse(options);
        if (Probe.device(parsed.device()) instanceof Availability.Unavailable unavailable) {
            throw new BackendUnavailableException(id(), unavailable.reason(), unavailable.cure());
        }
        return Probe.create(parsed);
    }
}
