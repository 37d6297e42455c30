package io.arkvale.api.support;

import io.arkvale.api.BackupException;
import io.arkvale.api.DeferredException;
import io.arkvale.api.NonFiniteException;
import io.arkvale.api.Sequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Deferred errors of a step, collected by sequence and raised at commit.
 *
 * @param <S> the backend's sequences
 */
public final class Poison<S extends Sequence> {
    private final Map<S, String> nonFinite = new LinkedHashMap<>();
    private final Map<S, IOException> lost = new LinkedHashMap<>();
    private final Consumer<S> poison;

    /** Of a step that begins; {@code poison} makes a sequence unusable. */
    public Poison(Consumer<S> poison) {
        this.poison = poison;
    }

    /** Notes that a sequence was given values that are not finite; the first message counts. */
    public void nonFinite(S sequence, String message) {
        nonFinite.putIfAbsent(sequence, message);
    }

    /** Notes that a backup of a sequence could not be written or read; the first cause counts. */
    public void backupFailed(S sequence, IOException cause) {
        lost.putIfAbsent(sequence, cause);
    }

    /** Whether pages of the sequence could not be brought back. */
    public boolean hasLostPages(S sequence) {
        return lost.containsKey(sequence);
    }

    /**
     * Poisons the sequences concerned and raises the first error, if there is one.
     *
     * @throws DeferredException with all of these sequences
     */
    public void raise() {
        var all = new ArrayList<Sequence>(lost.keySet());
        nonFinite.keySet().stream()
                .filter(sequence -> !lost.containsKey(sequence))
                .forEach(all::add);
        lost.keySet().forEach(poison);
        nonFinite.keySet().forEach(poison);
        if (!lost.isEmpty()) {
            var cause = lost.values().iterator().next();
            throw new BackupException("a backup could not be written or read: " + cause.getMessage(), all, cause);
        }
        if (!nonFinite.isEmpty()) {
            throw new NonFiniteException(nonFinite.values().iterator().next(), all);
        }
    }
}
