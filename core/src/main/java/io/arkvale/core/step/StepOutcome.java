package io.arkvale.core.step;

import io.arkvale.api.BackupException;
import io.arkvale.api.DeferredException;
import io.arkvale.api.NonFiniteException;
import io.arkvale.api.Sequence;
import io.arkvale.api.StepReport;
import io.arkvale.core.CacheSequence;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of a step: its report, and the sequences whose values were not finite or whose backups are lost. By itself it is
 * the outcome of a step that nobody has to wait for.
 */
public final class StepOutcome implements PendingOutcome {
    private final StepReport report;
    private final Map<? extends CacheSequence, String> notFinite;
    private final Map<? extends CacheSequence, IOException> lost;

    /**
     * An outcome; the maps are its own from now on.
     *
     * @param notFinite what was wrong with the values of a sequence
     * @param lost why pages of a sequence could not be copied
     */
    public StepOutcome(
            StepReport report,
            Map<? extends CacheSequence, String> notFinite,
            Map<? extends CacheSequence, IOException> lost) {
        this.report = report;
        this.notFinite = notFinite;
        this.lost = lost;
    }

    @Override
    public boolean isComplete() {
        return true;
    }

    @Override
    public StepOutcome await() {
        return this;
    }

    /** What the step did, for all members. */
    StepReport report() {
        return report;
    }

    /** Poisons the sequences concerned; the error to raise, if there is one, names them all. */
    @Nullable
    DeferredException poison() {
        if (notFinite.isEmpty() && lost.isEmpty()) {
            return null;
        }
        var all = new ArrayList<Sequence>(lost.keySet());
        notFinite.keySet().stream()
                .filter(sequence -> !lost.containsKey(sequence))
                .forEach(all::add);
        lost.keySet().forEach(CacheSequence::poison);
        notFinite.keySet().forEach(CacheSequence::poison);
        if (!lost.isEmpty()) {
            var cause = lost.values().iterator().next();
            return new BackupException(
                    "a backup could not be written or read: " + cause.getMessage(), all, cause, report);
        }
        return new NonFiniteException(notFinite.values().iterator().next(), all, report);
    }
}
