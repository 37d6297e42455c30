package io.arkvale.experiments.figure;

import java.util.Locale;

/**
 * One statement of the paper beside what was found here.
 *
 * @param quantity what is compared
 * @param paper the paper's value in words
 * @param here ours in words
 * @param agrees whether ours meets the criterion
 * @param criterion when the two agree
 */
public record Comparison(String quantity, String paper, String here, boolean agrees, String criterion) {
    /** The verdict in a word. */
    public String verdict() {
        return agrees ? "agrees" : "differs";
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
