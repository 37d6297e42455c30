package io.arkvale.llama.forward;

import io.arkvale.api.ElementType;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/** Finds devices for models. */
public final class DenseDevices {

    private DenseDevices() {}

    /**
     * Opens the device of a name.
     *
     * @throws IllegalArgumentException if no provider has this name, or an option is wrong
     * @throws IllegalStateException if the device is not available; says why and what to do
     */
    public static DenseDevice open(String id, ElementType elementType, Map<String, String> options) {
        var providers = new TreeMap<String, DenseProvider>();
        ServiceLoader.load(DenseProvider.class).forEach(provider -> providers.put(provider.id(), provider));
        var provider = providers.get(id);
        if (provider == null) {
            throw new IllegalArgumentException("there is no device " + id + " for models; allowed: "
                    + (providers.isEmpty() ? "none, no module provides one" : String.join(", ", providers.keySet())));
        }
        return provider.open(elementType, options);
    }
}
