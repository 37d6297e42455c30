package io.arkvale.experiments.generate;

import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.policy.bound.Full;
import io.arkvale.experiments.result.Usage;
import java.util.Locale;

/**
 * What a turn took.
 *
 * @param tokens of the text, before the turn and after it
 * @param readTokens read before the model spoke
 * @param readNanos time that took
 * @param spokenTokens chosen by the model
 * @param spokenNanos time that took
 */
public record TurnStats(int tokens, int readTokens, long readNanos, int spokenTokens, long spokenNanos) {

    /** Three lines for people: the times of this turn, then what the text holds, and did per step since it was read anew. */
    public String lines(RunSpec run, int layers, Usage usage, long backupBytes) {
        return String.format(
                        Locale.ROOT,
                        "%,d tokens; read %,d in %.2f s (%s), wrote %,d in %.2f s (%s)%n",
                        tokens,
                        readTokens,
                        readNanos / 1e9,
                        perSecond(readTokens, readNanos),
                        spokenTokens,
                        spokenNanos / 1e9,
                        perSecond(spokenTokens, spokenNanos))
                + String.format(
                        Locale.ROOT,
                        "keys and values: %s resident, %s in backups%n%s",
                        mebibytes(usage.residentBytes()),
                        mebibytes((double) backupBytes),
                        pages(run, layers, usage));
    }

    private static String perSecond(int tokens, long nanos) {
        return nanos == 0 ? "-" : String.format(Locale.ROOT, "%.1f per second", tokens * 1e9 / nanos);
    }

    private static String mebibytes(double bytes) {
        return String.format(Locale.ROOT, "%.2f MiB", bytes / (1 << 20));
    }

    private static String pages(RunSpec run, int layers, Usage usage) {
        int limited = run.choice().policy() instanceof Full ? 0 : layers - run.denseLayers();
        if (limited == 0) {
            return "full attention: nothing is evicted";
        }
        double attended = usage.attendedPages() * limited;
        return String.format(
                Locale.ROOT,
                "per step, in %d layers with a budget: %.1f pages attended to, %.1f of them there (hits), %.2f recalled",
                limited,
                attended,
                Math.max(0, attended - usage.recalledPagesPerStep()),
                usage.recalledPagesPerStep());
    }
}
