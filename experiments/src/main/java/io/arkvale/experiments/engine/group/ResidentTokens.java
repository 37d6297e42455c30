package io.arkvale.experiments.engine.group;

import io.arkvale.api.KvCache;
import io.arkvale.api.Sequence;

/**
 * Tokens that a sequence has on the device, counted once per KV head and layer: what its resident pages hold, now and at
 * the most.
 */
final class ResidentTokens {
    private final KvCache cache;
    private final Sequence sequence;
    private final long[] ofLayers;
    private long now;
    private long most;

    ResidentTokens(KvCache cache, Sequence sequence) {
        this.cache = cache;
        this.sequence = sequence;
        ofLayers = new long[cache.spec().layers()];
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
        var spec = cache.spec();
        var view = cache.view();
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
