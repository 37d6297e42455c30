package io.arkvale.cpu;

import io.arkvale.api.BackupException;
import io.arkvale.api.NonFiniteException;
import io.arkvale.api.Sequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/** Deferred errors of a step, collected by sequence and raised at commit. */
final class Poison {
    private final Map<CpuSequence, String> nonFinite = new LinkedHashMap<>();
    private final Map<CpuSequence, IOException> lost = new LinkedHashMap<>();

    void nonFinite(CpuSequence sequence, String message) {
        nonFinite.putIfAbsent(sequence, message);
    }

    void backupFailed(CpuSequence sequence, IOException cause) {
        lost.putIfAbsent(sequence, cause);
    }

    /** Whether pages of the sequence could not be brought back. */
    boolean hasLostPages(CpuSequence sequence) {
        return lost.containsKey(sequence);
    }

    /** Poisons the sequences concerned and raises the first error, if there is one. */
    void raise() {
        var all = new ArrayList<Sequence>(lost.keySet());
        nonFinite.keySet().stream()
                .filter(sequence -> !lost.containsKey(sequence))
                .forEach(all::add);
        lost.keySet().forEach(sequence -> sequence.poisoned = true);
        nonFinite.keySet().forEach(sequence -> sequence.poisoned = true);
        if (!lost.isEmpty()) {
            var cause = lost.values().iterator().next();
            throw new BackupException("a backup could not be written or read: " + cause.getMessage(), all, cause);
        }
        if (!nonFinite.isEmpty()) {
            throw new NonFiniteException(nonFinite.values().iterator().next(), all);
        }
    }
}
