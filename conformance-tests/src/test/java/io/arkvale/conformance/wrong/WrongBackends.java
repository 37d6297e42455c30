package io.arkvale.conformance.wrong;

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
                        WrongDevices.all(),
                        WrongDigests.all(),
                        WrongTensors.all(),
                        WrongTables.all(),
                        WrongCalls.all(),
                        WrongSteps.all(),
                        WrongCuts.all(),
                        WrongShapes.all())
                .flatMap(List::stream)
                .sorted(Comparator.comparingInt(WrongBackend::rule))
                .toList();
    }
}
