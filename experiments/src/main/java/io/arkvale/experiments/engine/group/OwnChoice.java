package io.arkvale.experiments.engine.group;

import io.arkvale.api.Backend;
import io.arkvale.api.Sequence;
import io.arkvale.experiments.engine.context.Context;
import io.arkvale.llama.attention.DecodeRows;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells what queries guessed ahead have missed. The same sequences stand in a second cache, which gets the same queries,
 * keys and values and waits for each layer's own queries: its choice depends on these alone, so that of every page of it
 * one can ask whether it was on the device in time.
 */
final class OwnChoice implements AutoCloseable {
    private final DecodingSequences watched;
    private final DecodingSequences waiting;
    /** {@code [sequences]}: group pages that own queries chose. */
    private final long[] chosen;
    /** {@code [sequences]}: those of them that were there. */
    private final long[] inTime;

    /**
     * Opens the second cache.
     *
     * @param watched sequences that hold the context
     */
    OwnChoice(Backend backend, DecodingSequences watched, Context context, List<Integer> chunks) {
        this.watched = watched;
        var settings = watched.sequences().stream().map(Sequence::spec).toList();
        waiting = new DecodingSequences(backend, watched.cache().spec(), settings, context.shape());
        chosen = new long[settings.size()];
        inTime = new long[settings.size()];
        try {
            waiting.ingest(context, chunks);
        } catch (Throwable failure) {
            waiting.close();
            throw failure;
        }
    }

    /** Opens its step, after that of the watched sequences. */
    void begin() {
        waiting.begin();
    }

    /** The pages that the watched sequences have on the device now, {@code [sequences][groups]}; none in a dense layer. */
    BitSet[][] onDevice(int layer) {
        var onDevice = new BitSet[chosen.length][watched.cache().spec().headGroups()];
        for (int i = 0; i < onDevice.length; i++) {
            var sequence = watched.sequences().get(i);
            var pages = watched.cache().spec().pages(watched.view().tokens(sequence, layer));
            for (int group = 0; group < onDevice[i].length; group++) {
                onDevice[i][group] = new BitSet();
                for (int page = 0; sequence.spec().isLimited(layer) && page < pages; page++) {
                    onDevice[i][group].set(page, isOnDevice(i, layer, group, page));
                }
            }
        }
        return onDevice;
    }

    private boolean isOnDevice(int sequence, int layer, int group, int page) {
        return watched.view()
                .page(watched.sequences().get(sequence), layer, group, page)
                .resident();
    }

    /**
     * Decodes a layer as the watched sequences did, and counts which pages of its choice they had.
     *
     * @param before what {@link #onDevice} said when the layer's queries became known, if the watched sequences recalled
     *     pages after that; else null
     */
    void decode(int layer, DecodeRows rows, int firstRow, BitSet @Nullable [][] before) {
        waiting.decode(layer, rows, firstRow);
        for (int i = 0; i < chosen.length; i++) {
            var sequence = waiting.sequences().get(i);
            // The page of the step's token is written there, and needs no recall.
            var last = waiting.cache().spec().pages(sequence.length()) - 1;
            for (int group = 0;
                    sequence.spec().isLimited(layer)
                            && group < waiting.cache().spec().headGroups();
                    group++) {
                for (int page : waiting.view().attendedPages(sequence, layer, group)) {
                    var there = before == null ? isOnDevice(i, layer, group, page) : before[i][group].get(page);
                    chosen[i]++;
                    inTime[i] += there || page == last ? 1 : 0;
                }
            }
        }
    }

    /** Commits its step. */
    void end() {
        waiting.end();
    }

    /** The share of the chosen pages that were there in time; null before a step. */
    @Nullable
    Double inTime(int sequence) {
        return chosen[sequence] == 0 ? null : inTime[sequence] / (double) chosen[sequence];
    }

    @Override
    public void close() {
        waiting.close();
    }
}
