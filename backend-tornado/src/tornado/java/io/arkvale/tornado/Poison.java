package io.arkvale.tornado;

import io.arkvale.api.NonFiniteException;
import io.arkvale.api.Sequence;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Non-finite values of a step, collected by sequence and raised at commit. */
final class Poison {
    private final Map<TornadoSequence, String> nonFinite = new LinkedHashMap<>();

    void nonFinite(TornadoSequence sequence, String message) {
        nonFinite.putIfAbsent(sequence, message);
    }

    /** Poisons the sequences concerned and raises the first error, if there is one. */
    void raise() {
        if (!nonFinite.isEmpty()) {
            nonFinite.keySet().forEach(sequence -> sequence.poisoned = true);
            throw new NonFiniteException(
                    nonFinite.values().iterator().next(), List.<Sequence>copyOf(nonFinite.keySet()));
        }
    }
}
