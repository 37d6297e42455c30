package io.arkvale.experiments.engine.group;

import io.arkvale.api.Backend;
import io.arkvale.experiments.engine.context.Context;
import io.arkvale.llama.attention.DecodeRows;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
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
        var settings =
                watched.sequences().stream().map(sequence -> sequence.spec()).toList();
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

    /** The pages that are on the device now, {@code [sequences][groups]}: taken before a layer decodes that was not prefetched. */
    BitSet[][] onDevice(int layer) {
        var cache = watched.cache();
        return watched.sequences().stream()
                .map(sequence -> IntStream.range(0, cache.spec().headGroups())
                        .mapToObj(group -> {
                            // A page that the layer's next token opens needs no recall.
                            var pages = cache.spec().pages(sequence.length());
                            var onDevice = new BitSet(pages);
                            onDevice.set(pages - 1);
                            IntStream.range(0, cache.spec().pages(cache.view().tokens(sequence, layer)))
                                    .filter(page -> cache.view()
                                            .page(sequence, layer, group, page)
                                            .resident())
                                    .forEach(onDevice::set);
                            return onDevice;
                        })
                        .toArray(BitSet[]::new))
                .toArray(BitSet[][]::new);
    }

    /**
     * Decodes a layer as the watched sequences did, and counts which pages of its choice they had.
     *
     * @param onDevice what {@link #onDevice} said when the layer's queries became known
     */
    void decode(int layer, DecodeRows rows, int firstRow, BitSet[][] onDevice) {
        waiting.decode(layer, rows, firstRow);
        for (int i = 0; i < chosen.length; i++) {
            var sequence = waiting.sequences().get(i);
            for (int group = 0; sequence.spec().isLimited(layer) && group < onDevice[i].length; group++) {
                var own = waiting.cache().view().attendedPages(sequence, layer, group);
                chosen[i] += own.length;
                inTime[i] += Arrays.stream(own).filter(onDevice[i][group]::get).count();
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
