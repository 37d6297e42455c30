package io.arkvale.experiments.figure;

import io.arkvale.experiments.result.Verdict;
import java.util.Locale;

/**
 * One statement of the paper beside what was found here.
 *
 * @param quantity what is compared
 * @param paper the paper's value in words
 * @param here ours in words
 * @param agrees whether ours meets the criterion
 * @param criterion when the two agree
 * @param enough whether there are samples enough to say so
 */
public record Comparison(String quantity, String paper, String here, boolean agrees, String criterion, boolean enough) {
    /** Of what is computed or counted, not drawn from samples. */
    public Comparison(String quantity, String paper, String here, boolean agrees, String criterion) {
        this(quantity, paper, here, agrees, criterion, true);
    }

    /** The same of a mean over that many samples. */
    Comparison over(int samples) {
        return new Comparison(quantity, paper, here, agrees, criterion, samples >= Verdict.LEAST_SAMPLES);
    }

    /** The verdict in words. */
    public String verdict() {
        return !enough ? Verdict.TOO_FEW.words() : agrees ? "agrees" : "differs";
    }

    /** A share from 0 to 1 in percent. */
    static String percent(double share) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * share);
    }

    /** A number with one decimal place. */
    static String tenths(double number) {
        return String.format(Locale.ROOT, "%.1f", number);
    }
}
