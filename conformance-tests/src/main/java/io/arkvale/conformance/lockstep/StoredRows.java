package io.arkvale.conformance.lockstep;

import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.CacheView;
import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.RowBound;
import io.arkvale.api.Sequence;
import io.arkvale.conformance.data.Elements;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Hands new tokens to the model. If the backend declares that it stores rows within a bound only, the model takes over
 * the rows that the backend shows, once they lie within it (rule 301): from then on they are exact.
 */
final class StoredRows {
    private final CacheSpec spec;
    private final Capabilities declared;
    private final CacheView view;
    private final MemorySegment buffer;

    StoredRows(CacheSpec spec, Capabilities declared, CacheView view) {
        this.spec = spec;
        this.declared = declared;
        this.view = view;
        this.buffer = MemorySegment.ofArray(new byte[Math.toIntExact(spec.slotBytes())]);
    }

    /** The newest tokens of a sequence in a layer, {@code [kvHeads · headDim]} each, which the backend has stored. */
    void append(Pair pair, int layer, List<float[]> keys, List<float[]> values) {
        var table = pair.model().table(layer);
        var exact = declared.keyBound().isExact() && declared.valueBound().isExact();
        for (var i = 0; i < keys.size(); i++) {
            if (exact || pair.corrupted()) {
                table.append(keys.get(i), values.get(i));
                continue;
            }
            var position = table.tokens();
            table.append(
                    stored(pair, layer, position, keys.get(i), declared.keyBound(), false),
                    stored(pair, layer, position, values.get(i), declared.valueBound(), true));
        }
    }

    private float[] stored(Pair pair, int layer, int position, float[] given, RowBound bound, boolean value) {
        var page = position / spec.pageSize();
        var token = position % spec.pageSize();
        var headDim = spec.headDim();
        var headsPerGroup = spec.kvHeadsPerGroup();
        var stored = new float[given.length];
        for (var kvHead = 0; kvHead < spec.kvHeads(); kvHead++) {
            if (kvHead % headsPerGroup == 0) {
                var group = kvHead / headsPerGroup;
                Lockstep.legal(301, "a copy of a page just written", () -> {
                    copy(pair.sequence(), layer, group, page);
                    return true;
                });
            }
            var row = kvHead % headsPerGroup * spec.pageSize() + token + (value ? headsPerGroup * spec.pageSize() : 0);
            for (var i = 0; i < headDim; i++) {
                stored[kvHead * headDim + i] = Elements.get(spec.elementType(), buffer, (long) row * headDim + i);
            }
            verify(layer, position, kvHead, given, stored, bound, value ? "value" : "key");
        }
        return stored;
    }

    /** Copies a page from where it is: the end of a prompt may have evicted it in the call that wrote it. */
    private void copy(Sequence sequence, int layer, int group, int page) {
        if (view.page(sequence, layer, group, page).resident()) {
            view.copyResident(sequence, layer, group, page, buffer);
        } else {
            view.copyBackup(sequence, layer, group, page, buffer);
        }
    }

    private void verify(
            int layer, int position, int kvHead, float[] given, float[] stored, RowBound bound, String what) {
        var largest = 0.0;
        var from = kvHead * spec.headDim();
        for (var i = from; i < from + spec.headDim(); i++) {
            largest = Math.max(largest, Math.abs(given[i]));
        }
        for (var i = from; i < from + spec.headDim(); i++) {
            var error = Math.abs((double) stored[i] - given[i]);
            require(
                    301,
                    error <= bound.of(largest),
                    "element %d of the %s of token %d, layer %d, KV head %d is stored as %s, given was %s: wrong by"
                            + " %.3g, declared is %.3g where the largest of the row is %s",
                    i - from,
                    what,
                    position,
                    layer,
                    kvHead,
                    stored[i],
                    given[i],
                    error,
                    bound.of(largest),
                    largest);
        }
    }
}
