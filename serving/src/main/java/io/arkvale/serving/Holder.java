package io.arkvale.serving;

import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import org.jspecify.annotations.Nullable;

/** A sequence and the text that is in it or on its way: of a request, or kept after one. */
final class Holder {
    /** Tokens and their kinds: what the sequence holds, then what it has yet to read. */
    final int[] keys;

    Sequence sequence;

    /** Tokens of {@link #keys} under which the tree knows it. */
    int listed;

    /** Tokens that the sequence may come to hold. */
    int longest;

    /** Whose pages it shares, which lives at least as long; null if nobody's. */
    @Nullable
    Holder origin;

    /** Tokens that it began with as a fork of {@link #origin}. */
    int shared;

    /** Holders that share its pages. */
    int references;

    /** Whether its request is being served. */
    boolean running = true;

    /** Whether the tree knows it. One is no longer known when a backup is lost of what it may share. */
    boolean isListed = true;

    /** Whether it was lowered to its budget and has not taken a step since, so that it still holds more. */
    boolean lowering;

    Holder(int[] keys, int listed, int longest, Sequence sequence) {
        this.keys = keys;
        this.listed = listed;
        this.longest = longest;
        this.sequence = sequence;
    }

    /** Who began the text that it forks, or itself: holders of one root may share pages. */
    Holder root() {
        var holder = this;
        while (holder.origin != null) {
            holder = holder.origin;
        }
        return holder;
    }

    /** Tokens that the sequence holds. */
    int read() {
        return sequence.length();
    }

    SequenceSpec settings() {
        return sequence.spec();
    }
}
