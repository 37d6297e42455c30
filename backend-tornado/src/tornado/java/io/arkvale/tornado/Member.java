package io.arkvale.tornado;

import org.jspecify.annotations.Nullable;

/** One sequence's part in a step: what it grows by, and what the step has done to it so far. */
final class Member {
    final TornadoSequence sequence;
    final int index;
    final int tokens;
    final int lengthBefore;
    final @Nullable LayerJournal[] journals;
    long recalledPages;
    long evictedPages;
    long attendedPages;
    long scoredPages;

    Member(TornadoSequence sequence, int index, int tokens, int layers) {
        this.sequence = sequence;
        this.index = index;
        this.tokens = tokens;
        lengthBefore = sequence.length;
        journals = new @Nullable LayerJournal[layers];
    }

    /** The sequence's length once the step is done. */
    int lengthAfter() {
        return lengthBefore + tokens;
    }

    /** The layer's journal, begun at its first change. */
    LayerJournal journal(int layer) {
        var journal = journals[layer];
        if (journal == null) {
            journal = new LayerJournal(sequence.layers[layer]);
            journals[layer] = journal;
        }
        return journal;
    }
}
