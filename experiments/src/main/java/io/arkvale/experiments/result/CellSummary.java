package io.arkvale.experiments.result;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the observations of a cell come to, whatever they are of: answers, or blocks of one text.
 *
 * @param samples observations
 * @param score their mean: of blocks, bits per byte
 * @param low lower end of its 95 % interval
 * @param high upper end
 * @param heldTokens per KV head, mean over sessions
 * @param backend that took part, or null
 * @param commit of the program, or null if it is not known
 */
public record CellSummary(
        String task,
        String policy,
        int budget,
        int length,
        String protocol,
        int samples,
        double score,
        double low,
        double high,
        double heldTokens,
        @Nullable String backend,
        String model,
        long seed,
        String version,
        @Nullable String commit,
        String cell)
        implements Serializable {

    /** What the observations of one cell, and no others, have in common. */
    public static List<Object> key(Observation one) {
        return List.of(one.cell(), one.task(), one.length(), one.protocol(), one.coversBlock() ? one.episode() : "");
    }

    /** Of the observations of one cell, at least one, in their order. */
    public static CellSummary of(List<Observation> cell) {
        var first = cell.getFirst();
        var result =
                new TaskResult(first.task(), first.policy(), first.budget(), first.length(), first.protocol(), cell);
        var score = first.coversBlock()
                ? new TextResult(first.policy(), first.budget(), 0, 0, cell).bitsPerByte()
                : new Interval.Estimate(result.accuracy(), result.interval());
        return new CellSummary(
                first.task(),
                first.policy(),
                first.budget(),
                first.length(),
                first.protocol(),
                cell.size(),
                score.mean(),
                score.interval().low(),
                score.interval().high(),
                result.usage().heldTokens(),
                first.origin().backend(),
                first.origin().model(),
                first.origin().seed(),
                first.origin().version(),
                first.origin().commit(),
                first.cell());
    }
}
