package io.arkvale.experiments.policy;

import io.arkvale.experiments.UserException;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.apache.commons.numbers.arrays.Selection;

/** Ascending sets of tokens, and small sums that several policies share. */
public final class TokenSets {
    private TokenSets() {}

    /** The tokens from {@code from} to {@code to - 1}. */
    public static int[] range(int from, int to) {
        return IntStream.range(from, to).toArray();
    }

    /** The first set and then the second, whose tokens are all later. */
    public static int[] concat(int[] first, int[] second) {
        var both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** The first {@code first} and the last {@code last} of so many tokens. */
    public static int[] firstAndLast(int tokens, int first, int last) {
        var head = range(0, Math.min(first, tokens));
        return concat(head, range(Math.max(head.length, tokens - last), tokens));
    }

    /** The same set for each KV head. */
    public static int[][] same(int kvHeads, int[] tokens) {
        var sets = new int[kvHeads][];
        Arrays.fill(sets, tokens);
        return sets;
    }

    /** The {@code count} tokens of the highest score among the first {@code tokens}; ascending, ties to the earlier. */
    public static int[] best(int tokens, int count, IntToDoubleFunction score) {
        if (count >= tokens) {
            return range(0, tokens);
        }
        if (count == 0) {
            return new int[0];
        }
        var scores = IntStream.range(0, tokens).mapToDouble(score).toArray();
        var partlySorted = scores.clone();
        Selection.select(partlySorted, tokens - count);
        var threshold = partlySorted[tokens - count];
        var above = Arrays.stream(scores).filter(value -> value > threshold).count();
        var ties = count - above;
        var chosen = new int[count];
        int next = 0;
        for (int token = 0; token < tokens && next < count; token++) {
            if (scores[token] > threshold || (scores[token] == threshold && ties-- > 0)) {
                chosen[next++] = token;
            }
        }
        return chosen;
    }

    /** Numbers per token, averaged over the query heads of a KV head. */
    public static double[] mean(
            ContextView context, LayerSetting setting, int kvHead, IntFunction<float[]> ofQueryHead) {
        var queryHeads = setting.queryHeadsPerKvHead();
        var mean = new double[context.tokens()];
        for (int i = 0; i < queryHeads; i++) {
            var row = ofQueryHead.apply(kvHead * queryHeads + i);
            for (int token = 0; token < mean.length; token++) {
                mean[token] += row[token] / (double) queryHeads;
            }
        }
        return mean;
    }

    /** The last row of a KV head, averaged over its query heads. */
    public static double[] meanLastRow(ContextView context, LayerSetting setting, int kvHead) {
        return mean(context, setting, kvHead, context::lastRow);
    }

    /**
     * Checks that the budget has room.
     *
     * @throws UserException if it is smaller than what the policy always keeps
     */
    public static void require(Policy policy, LayerSetting setting, int tokens, String what) {
        if (setting.budget() < tokens) {
            throw new UserException("budget " + setting.budget() + " is too small for policy '"
                    + policy.info().shortName() + "': " + what + " need at least " + tokens + " tokens");
        }
    }
}
