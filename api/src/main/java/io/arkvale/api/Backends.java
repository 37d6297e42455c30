package io.arkvale.api;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Finds providers and chooses among them. What is asked for by name is used or is an error, never replaced. */
public final class Backends {
    private Backends() {}

    /**
     * Every provider on the module or class path, highest rank first. One that cannot even be loaded is listed under its
     * class name as unavailable.
     */
    public static List<BackendProvider> providers() {
        var providers = new ArrayList<BackendProvider>();
        ServiceLoader.load(BackendProvider.class).stream().map(Backends::load).forEach(providers::add);
        providers.sort(Comparator.comparingInt(BackendProvider::rank).reversed().thenComparing(BackendProvider::id));
        return List.copyOf(providers);
    }

    /**
     * The provider of the given id.
     *
     * @throws BackendUnavailableException if there is none; lists the ids there are
     */
    public static BackendProvider provider(String id) {
        var providers = providers();
        for (var provider : providers) {
            if (provider.id().equals(id)) {
                return provider;
            }
        }
        var ids = providers.stream().map(BackendProvider::id).toList();
        throw new BackendUnavailableException(id, "no provider of that id is installed", "installed are " + ids);
    }

    /**
     * Creates exactly the backend asked for.
     *
     * @throws BackendUnavailableException if it does not exist or cannot run here; with reason and cure
     * @throws InvalidArgumentException for an unknown option or a value outside its range
     */
    public static Backend create(String id, Map<String, String> options) {
        return provider(id).create(options);
    }

    /**
     * Creates the available backend of the highest rank.
     *
     * @throws BackendUnavailableException if none can run here; with every reason
     */
    public static Backend createBest() {
        var reasons = new ArrayList<String>();
        for (var provider : providers()) {
            switch (provider.probe()) {
                case Availability.Available available -> {
                    return provider.create(Map.of());
                }
                case Availability.Unavailable unavailable ->
                    reasons.add(provider.id() + ": " + unavailable.reason() + " (" + unavailable.cure() + ")");
            }
        }
        throw new BackendUnavailableException(
                "any",
                reasons.isEmpty() ? "no provider is installed" : String.join(", ", reasons),
                "install a backend");
    }

    private static BackendProvider load(ServiceLoader.Provider<BackendProvider> provider) {
        try {
            return provider.get();
        } catch (ServiceConfigurationError e) {
            return new BrokenProvider(provider.type().getName(), e);
        }
    }

    /** Stands in for a provider that failed to load, so that it is listed with its reason instead of hiding the others. */
    private record BrokenProvider(String id, ServiceConfigurationError error) implements BackendProvider {
        @Override
        public int rank() {
            return Integer.MIN_VALUE;
        }

        @Override
        public List<BackendOption> options() {
            return List.of();
        }

        @Override
        public Availability probe() {
            var cause = error.getCause() == null ? error : error.getCause();
            return new Availability.Unavailable("its provider failed to load: " + cause, "remove or repair its jar");
        }

        @Override
        public Backend create(Map<String, String> options) {
            throw new BackendUnavailableException(
                    id, "its provider failed to load: " + error, "remove or repair its jar");
        }
    }
}
