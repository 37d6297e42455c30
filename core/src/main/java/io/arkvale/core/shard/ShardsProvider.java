package io.arkvale.core.shard;

import io.arkvale.api.Availability;
import io.arkvale.api.Backend;
import io.arkvale.api.BackendOption;
import io.arkvale.api.BackendProvider;
import io.arkvale.api.Backends;
import io.arkvale.core.CoreProvider;
import io.arkvale.core.OptionValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Provider of {@code shards}: head groups spread over several backends of one kind. */
public final class ShardsProvider extends CoreProvider {
    private static final BackendOption OVER = new BackendOption(
            "over",
            "cpu,cpu",
            "backends of one kind, as in cuda:device=0,cuda:device=1",
            "backends that each have some of the head groups");

    /** Called by ServiceLoader. */
    public ShardsProvider() {
        super("shards", -1, List.of(OVER, OptionValues.CHECKS)); // never chosen by itself
    }

    /** One backend, as the option names it. */
    private record Named(String id, Map<String, String> options) {
        private static Named of(String text) {
            var parts = text.strip().split(":", -1);
            var options = new TreeMap<String, String>();
            for (int i = 1; i < parts.length; i++) {
                var option = parts[i].split("=", 2);
                if (option.length < 2) {
                    throw OVER.reject(text);
                }
                options.put(option[0], option[1]);
            }
            var ids = Backends.providers().stream().map(BackendProvider::id).toList();
            if (parts[0].equals("shards") || !ids.contains(parts[0])) {
                throw OVER.reject(text);
            }
            return new Named(parts[0], options);
        }
    }

    private static List<Named> named(String value) {
        var all = new ArrayList<Named>();
        for (var text : value.split(",", -1)) {
            all.add(Named.of(text));
        }
        return all;
    }

    @Override
    public Availability probe() {
        // Which backends it is over, an option says: there must be one at least.
        return Backends.providers().stream()
                .filter(provider -> !provider.id().equals(id()))
                .map(BackendProvider::probe)
                .filter(Availability.Available.class::isInstance)
                .findFirst()
                .orElse(new Availability.Unavailable(
                        "there is no backend to spread head groups over", "install one, such as 'cpu'"));
    }

    @Override
    public Backend create(Map<String, String> given) {
        var options = new OptionValues(options(), given);
        var backends = new ArrayList<Backend>();
        boolean isComplete = false;
        try {
            for (var one : named(options.get(OVER))) {
                backends.add(Backends.create(one.id(), one.options()));
            }
            var sharded = new ShardedBackend(id(), backends, options.immediateChecks());
            isComplete = true;
            return sharded;
        } finally {
            if (!isComplete) {
                backends.forEach(Backend::close);
            }
        }
    }
}
