package io.arkvale.core.page;

import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.StepReport.SequenceCounts;
import io.arkvale.core.step.StepMember;
import io.arkvale.core.table.LayerPages;
import org.jspecify.annotations.Nullable;

/** A member of a step, and what the step has done to it so far. */
final class PagedMember extends StepMember<PagedSequence> {
    final @Nullable LayerJournal[] journals;
    long recalledPages;
    long evictedPages;
    long attendedPages;
    long scoredPages;

    PagedMember(PagedSequence sequence, CacheSpec cache, int index, int firstRow, Batch.Entry entry) {
        super(sequence, cache, index, firstRow, entry.tokens(), entry.role());
        journals = new @Nullable LayerJournal[cache.layers()];
    }

    /** What its sequence stores in a layer. */
    LayerPages layer(int layer) {
        return sequence().layer(layer);
    }

    /** The layer's journal, begun at its first change. */
    LayerJournal journal(int layer) {
        var journal = journals[layer];
        if (journal == null) {
            journal = new LayerJournal(layer(layer));
            journals[layer] = journal;
        }
        return journal;
    }

    SequenceCounts counts() {
        return new SequenceCounts(recalledPages, evictedPages, attendedPages, scoredPages);
    }
}
