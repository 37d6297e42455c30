package io.arkvale.experiments.run;

import io.arkvale.experiments.result.Notebook;
import io.arkvale.experiments.result.Observation;
import io.arkvale.experiments.result.Observation.Place;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * An experiment cut into pieces: what one prefill serves is one piece. Pieces may run in any order, some of them, and on
 * any machine; a piece gives the same observations wherever it runs, and whichever of its places are wanted.
 */
public interface Pieces {
    /** How many there are. */
    int count();

    /** What pieces that take about the same time have in common, in words. */
    String group(int piece);

    /** The most memory that one piece takes beside the weights, in bytes. */
    long bytes();

    /** The places of what a piece observes, each once. */
    List<Place> places(int piece);

    /**
     * Runs a piece.
     *
     * @param wanted places of the piece
     * @return an observation of each wanted place
     */
    List<Observation> observe(int piece, Set<Place> wanted);

    /** The places of a piece that a notebook lacks. */
    default Set<Place> missing(int piece, Notebook notebook) {
        var missing = new LinkedHashSet<>(places(piece));
        missing.removeIf(place -> notebook.at(place).isPresent());
        return missing;
    }

    /** Runs by number, each cell's first alone: two names of one policy with the same options are one run. */
    static IntStream distinct(List<String> cells) {
        return IntStream.range(0, cells.size()).filter(run -> cells.indexOf(cells.get(run)) == run);
    }

    /**
     * The keys and values of a text in float32: once as the context, and once per run, which can keep no more. On a device
     * whose memory is not known here, more than there can be, so that nobody runs two at once unasked.
     */
    static long bytes(Lab lab, int tokens, int runs) {
        if (lab.isOnDevice()) {
            return Long.MAX_VALUE;
        }
        var shape = lab.model().config();
        return 2L * Float.BYTES * shape.layers() * shape.kvHeads() * shape.headDim() * tokens * (1 + runs);
    }
}
