package io.arkvale.experiments.engine.group;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.CacheView;
import io.arkvale.api.Sequence;

/**
 * Tokens that a sequence has on the device, counted once per KV head and layer: what its resident pages hold, now and at
 * the most.
 */
final class ResidentTokens {
    private final CacheSpec spec;
    private final CacheView view;
    private final Sequence sequence;
    private final long[] ofLayers;
    private long now;
    private long most;

    ResidentTokens(CacheSpec spec, CacheView view, Sequence sequence) {
        this.spec = spec;
        this.view = view;
        this.sequence = sequence;
        ofLayers = new long[spec.layers()];
    }

    /** Counts a layer anew. */
    void count(int layer) {
        var tokens = tokens(layer);
        now += tokens - ofLayers[layer];
        ofLayers[layer] = tokens;
        most = Math.max(most, now);
    }

    /** The most there have been when a layer was counted. */
    long most() {
        return most;
    }

    private long tokens(int layer) {
        var length = view.tokens(sequence, layer);
        var tokens = 0L;
        for (int group = 0; group < spec.headGroups(); group++) {
            for (int page = 0; page < spec.pages(length); page++) {
                if (view.page(sequence, layer, group, page).resident()) {
                    tokens += Math.min(spec.pageSize(), length - page * spec.pageSize());
                }
            }
        }
        return tokens * spec.kvHeadsPerGroup();
    }
}
