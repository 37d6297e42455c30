package io.arkvale.serving;

import io.arkvale.llama.generation.Sampler;
import io.arkvale.llama.generation.StopTexts;
import io.arkvale.llama.text.TextStream;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** A request that has not ended. */
final class Active {
    /** The order of admission, and of prompts in a step. */
    static final Comparator<Active> ORDER = Comparator.<Active>comparingInt(active -> -active.request.priority())
            .thenComparingLong(active -> active.number);

    final long number;
    final Request request;
    final Listener listener;
    final Sampler sampler;
    final StopTexts stops;
    final TextStream stream;

    /** On the clock of {@link System#nanoTime}, if there is a time limit. */
    final long deadline;

    volatile boolean cancelled;

    /** Tokens and their kinds, with room for the answer. */
    final int[] keys;

    /** Tokens there are: the request's text and what was generated. */
    int length;

    /** Null while it waits. */
    @Nullable
    Holder holder;

    /** Whether its sequence was given up for a lost backup of another's, and its text is read again. */
    boolean isReadAgain;

    /** Steps in a row that were refused to it alone. */
    int refusals;

    Active(long number, Request request, Listener listener, TextStream stream) {
        this.number = number;
        this.request = request;
        this.listener = listener;
        this.stream = stream;
        sampler = request.sampling().begin();
        stops = new StopTexts(request.stops());
        keys = request.text().keys(request.maxTokens());
        length = request.text().length();
        var limit = request.timeLimit();
        deadline = System.nanoTime() + (limit == null ? 0 : limit.toNanos());
    }

    boolean isLate() {
        return request.timeLimit() != null && System.nanoTime() - deadline >= 0;
    }

    /** Tokens that its sequence comes to hold at most. */
    int longest() {
        return request.text().length() + request.maxTokens();
    }

    int generated() {
        return length - request.text().length();
    }

    /** Where the run of prompt tokens from {@code from} on ends. */
    int promptEnd(int from) {
        int end = from;
        while (end < length && !Text.isGenerated(keys[end])) {
            end++;
        }
        return end;
    }
}
