package io.arkvale.api;

import java.util.List;
import java.util.Map;

/**
 * Finds and creates one kind of backend; registered for {@link java.util.ServiceLoader} with {@code provides} and, for
 * the class path, in {@code META-INF/services}. Loading and constructing a provider touches nothing native.
 */
public interface BackendProvider {
    /** The edition of the specification that this interface and {@code SPEC.md} describe. */
    int CURRENT_EDITION = 2;

    /**
     * The edition of the specification that the backend implements. A provider returns a number of its own; one that
     * does not override this is of the first edition. {@link Backends} lists a provider of any edition but {@link
     * #CURRENT_EDITION} as unavailable, and calls nothing of it but {@link #id} and this.
     */
    default int edition() {
        return 1;
    }

    /** Short lower-case name that callers choose it by, e.g. {@code cpu}. */
    String id();

    /** Place in the automatic choice: the available provider of the highest rank wins. The CPU reference has 0. */
    int rank();

    /** The options that {@link #create} takes. */
    List<BackendOption> options();

    /** Whether it can run here. Never throws; missing native code is a reason, not an error. */
    Availability probe();

    /**
     * Creates a backend, owned by the caller.
     *
     * @param options values by option name; what is left out takes its default
     * @throws InvalidArgumentException for an unknown option or a value outside its range
     * @throws BackendUnavailableException if {@link #probe} says so
     */
    Backend create(Map<String, String> options);
}
