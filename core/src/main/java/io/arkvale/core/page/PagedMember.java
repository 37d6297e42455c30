package io.arkvale.core.page;

import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.core.step.StepMember;
import io.arkvale.core.table.LayerPages;
import org.jspecify.annotations.Nullable;

/** A member of a step, and what the step has done to it so far. Its sequence keeps it for the next step. */
final class PagedMember extends StepMember<PagedSequence> {
    private final @Nullable LayerJournal[] journals;
    long recalledPages;
    long evictedPages;
    long attendedPages;
    long scoredPages;

    PagedMember(PagedSequence sequence, CacheSpec cache) {
        super(sequence, cache);
        journals = new @Nullable LayerJournal[cache.layers()];
    }

    /** Becomes a member of a step that opens. */
    void join(int index, int firstRow, Batch.Entry entry) {
        begin(index, firstRow, entry.tokens(), entry.role());
        recalledPages = 0;
        evictedPages = 0;
        attendedPages = 0;
        scoredPages = 0;
        for (@Nullable LayerJournal journal : journals) {
            if (journal != null) {
                journal.end();
            }
        }
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
        journal.begin();
        return journal;
    }

    /** The layer's journal if the step has changed the layer. */
    @Nullable
    LayerJournal changes(int layer) {
        var journal = journals[layer];
        return journal != null && journal.isBegun() ? journal : null;
    }
}
