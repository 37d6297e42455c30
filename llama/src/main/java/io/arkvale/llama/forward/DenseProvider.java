package io.arkvale.llama.forward;

import io.arkvale.api.Availability;
import io.arkvale.api.ElementType;
import java.util.Map;

/**
 * Names a kind of device for models, found by {@link java.util.ServiceLoader}. Touches nothing native before {@link
 * #probe}.
 */
public interface DenseProvider {

    /** A short name in lower case. */
    String id();

    /**
     * Whether a model can compute there.
     *
     * @param options by name
     * @throws IllegalArgumentException if an option is not known, or its value is not allowed
     */
    Availability probe(Map<String, String> options);

    /**
     * Takes hold of the device.
     *
     * @param elementType of weights and rows
     * @throws IllegalArgumentException as {@link #probe} does
     * @throws IllegalStateException if it is not available; says why and what to do
     */
    DenseDevice open(ElementType elementType, Map<String, String> options);
}
