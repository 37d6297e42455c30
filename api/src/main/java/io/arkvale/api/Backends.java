package io.arkvale.api;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.regex.Pattern;

/**
 * Finds providers and chooses among them. A backend that is named is used, or the call fails: no other takes its place.
 */
public final class Backends {
    /** A loader that fails this often in a row never reaches the next provider. */
    private static final int MOST_FAILURES = 100;

    /** How the loader's messages name a class, after the name of the service. */
    private static final Pattern PROVIDER =
            Pattern.compile(": (?:(?:Provider|Unable to load|class) (\\S+)|(\\S+) (?:not a subtype|Unable))");

    private Backends() {}

    /**
     * Every provider on the module or class path, highest rank first. Some are listed as unavailable: a provider that
     * cannot be loaded, under its class name, and a provider of another edition of the specification, under its id.
     */
    public static List<BackendProvider> providers() {
        // Two files may name the same missing class: it is listed once.
        var providers = new LinkedHashSet<BackendProvider>();
        var loading = ServiceLoader.load(BackendProvider.class).stream().iterator();
        for (var failures = 0; failures < MOST_FAILURES; ) {
            // To look for the next provider may fail as well as to make it: its class is missing, or a file of services
            // cannot be read. The loader then goes on with the one after.
            try {
                if (!loading.hasNext()) {
                    break;
                }
                providers.add(load(loading.next()));
                failures = 0;
            } catch (ServiceConfigurationError e) {
                providers.add(notFound(e));
                failures++;
            }
        }
        return providers.stream()
                .sorted(Comparator.comparingInt(BackendProvider::rank)
                        .reversed()
                        .thenComparing(BackendProvider::id))
                .toList();
    }

    /**
     * The provider of the given id.
     *
     * @throws BackendUnavailableException if there is none; its message lists the ids
     */
    public static BackendProvider provider(String id) {
        var providers = providers();
        for (var provider : providers) {
            if (provider.id().equals(id)) {
                return provider;
            }
        }
        var installed = new StringBuilder("installed are ")
                .append(providers.stream().map(BackendProvider::id).toList());
        for (var provider : providers) {
            if (provider instanceof UnusableProvider unusable) {
                installed
                        .append("; ")
                        .append(unusable.id())
                        .append(" cannot be used: ")
                        .append(unusable.why().reason());
            }
        }
        throw new BackendUnavailableException(id, "no provider of that id is installed", installed.toString());
    }

    /**
     * Creates exactly the backend that is named.
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

    /** The provider itself, or a stand-in for one that cannot be used. */
    private static BackendProvider load(ServiceLoader.Provider<BackendProvider> found) {
        try {
            var provider = found.get();
            return provider.edition() == BackendProvider.CURRENT_EDITION
                    ? provider
                    : new UnusableProvider(provider.id(), otherEdition(provider.edition()));
        } catch (ServiceConfigurationError | LinkageError e) {
            return new UnusableProvider(found.type().getName(), notLoaded(e));
        }
    }

    private static BackendProvider notFound(ServiceConfigurationError error) {
        var named = PROVIDER.matcher(String.valueOf(error.getMessage()));
        var id = !named.find() ? "unknown" : named.group(1) != null ? named.group(1) : named.group(2);
        return new UnusableProvider(id, notLoaded(error));
    }

    private static Availability.Unavailable notLoaded(Error error) {
        var cause = error.getCause() == null ? error : error.getCause();
        return new Availability.Unavailable("its provider failed to load: " + cause, "remove or repair its jar");
    }

    private static Availability.Unavailable otherEdition(int edition) {
        var current = BackendProvider.CURRENT_EDITION;
        return new Availability.Unavailable(
                "it implements edition " + edition + " of the specification, and this is edition " + current,
                edition < current
                        ? "install a version of it for edition " + current
                        : "install the version of ArkVale for edition " + edition);
    }

    /** Stands in for a provider that cannot be used, so that it is listed with its reason instead of hiding the others. */
    private record UnusableProvider(String id, Availability.Unavailable why) implements BackendProvider {
        @Override
        public int edition() {
            return CURRENT_EDITION;
        }

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
            return why;
        }

        @Override
        public Backend create(Map<String, String> options) {
            throw new BackendUnavailableException(id, why.reason(), why.cure());
        }
    }
}
