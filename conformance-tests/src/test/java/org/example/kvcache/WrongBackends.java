package org.example.kvcache;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Every deliberately wrong backend, by the rule it breaks. */
public final class WrongBackends {
    private WrongBackends() {}

    /** All of them. */
    public static List<WrongBackend> all() {
        return Stream.of(
                        WrongProviders.all(),
                        WrongAlgorithms.all(),
                        WrongLayers.all(),
                        WrongSteps.all(),
                        WrongCaches.all())
                .flatMap(List::stream)
                .sorted(Comparator.comparingInt(WrongBackend::rule))
                .toList();
    }
}
