package io.arkvale.tornado;

import io.arkvale.api.Availability;
import io.arkvale.api.Backend;

/** What stands between the provider and everything that names TornadoVM. */
interface Driver {
    /**
     * Asks TornadoVM for a device. May fail with any {@link LinkageError} or {@link RuntimeException} where its native
     * code cannot run.
     */
    Availability device(int number);

    /** Creates the backend on a device that is available. */
    Backend create(TornadoOptions options);
}
