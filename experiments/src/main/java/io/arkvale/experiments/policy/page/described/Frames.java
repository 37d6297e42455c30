package io.arkvale.experiments.policy.page.described;

import io.arkvale.api.Digest;
import io.arkvale.experiments.policy.page.described.ChannelSteps.Anchor;
import org.jspecify.annotations.Nullable;

/**
 * Steps per channel that look at earlier pages alone. Page {@code p} from 1 on has those of frame {@code j}, the largest with
 * {@code 2^j <= p}: they span what the pages before {@code 2^j} have in each channel. Page 0 spans itself. So a frame is
 * settled before the first page that uses it is full, depends on nothing but the keys before, and a text of 128k tokens has
 * twelve of them. A page may double the steps of a run of elements, as often as leaves the least error; a bound's extents
 * as often as it takes to hold them.
 */
final class Frames implements Rounding {
    /** Elements, or extents, of which a page doubles the steps together. */
    private static final int RUN = 32;

    /** Of the number of doublings of a run. */
    static final int DOUBLING_BITS = 4;

    private static final int MOST_DOUBLINGS = (1 << DOUBLING_BITS) - 1;

    private final boolean isBound;
    private final boolean doubles;
    /** Of the page's zero points, from which its parts' centres are measured; null if there are none. */
    private final @Nullable Frame zeros;

    private final Frame centres;
    private final Frame extents;

    Frames(Digest digest, int headDim, boolean doubles, boolean hasZeros) {
        var form = digest.form();
        isBound = digest.isBound();
        this.doubles = doubles;
        zeros = hasZeros ? new Frame(headDim, form.zeroBits(), Anchor.MIDDLE) : null;
        centres = new Frame(headDim, form.centreBits(), Anchor.MIDDLE);
        extents = new Frame(form.shape().extents(headDim), form.extentBits(), Anchor.LEAST);
    }

    static int runs(int numbers) {
        return Math.ceilDiv(numbers, RUN);
    }

    @Override
    public void centres(float[] numbers) {
        if (zeros == null) {
            centres.round(numbers, doubles, false);
            return;
        }
        var middles = middles(numbers, zeros.channels);
        zeros.round(middles, doubles, false);
        for (int at = 0; at < numbers.length; at++) {
            numbers[at] -= middles[at % middles.length];
        }
        centres.round(numbers, doubles, false);
        for (int at = 0; at < numbers.length; at++) {
            numbers[at] += middles[at % middles.length];
        }
    }

    /** Midway between the parts' extreme centres, as the interface defines zero points. */
    private static float[] middles(float[] numbers, int headDim) {
        var range = new ChannelRange(headDim);
        range.add(numbers);
        var middles = range.least();
        var most = range.most();
        for (int i = 0; i < headDim; i++) {
            middles[i] = (middles[i] + most[i]) / 2;
        }
        return middles;
    }

    @Override
    public void extents(float[] numbers) {
        if (numbers.length > 0) {
            extents.round(numbers, doubles, isBound);
        }
    }

    /** The steps of one kind of numbers. */
    private static final class Frame {
        private final int channels;
        private final int bits;
        private final Anchor anchor;
        private final ChannelRange range;
        private @Nullable ChannelSteps settled;
        private int pages;

        Frame(int channels, int bits, Anchor anchor) {
            this.channels = channels;
            this.bits = bits;
            this.anchor = anchor;
            range = new ChannelRange(channels);
        }

        /** Rounds the next page's numbers, {@code [parts][channels]}. */
        void round(float[] numbers, boolean doubles, boolean up) {
            var exact = numbers.clone();
            if (pages == 0) {
                range.add(exact);
            }
            var steps = settled;
            if (steps == null || Integer.bitCount(pages) == 1) {
                steps = new ChannelSteps(bits, range, anchor);
                settled = steps;
            }
            for (int from = 0; from < channels; from += RUN) {
                var run = new Run(steps, exact, channels, from, Math.min(channels, from + RUN), up);
                run.round(doubles ? run.doublings() : 0, numbers);
            }
            if (pages > 0) {
                range.add(exact);
            }
            pages++;
        }
    }

    /** A page's numbers in a run of channels. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Run(ChannelSteps steps, float[] numbers, int channels, int from, int until, boolean up) {
        /** The number of doublings of least error; of a bound, the least that holds all. */
        int doublings() {
            var best = 0;
            var least = Double.POSITIVE_INFINITY;
            for (int doublings = 0; doublings <= MOST_DOUBLINGS; doublings++) {
                var error = up && !reach(1 << doublings) ? Double.POSITIVE_INFINITY : error(1 << doublings);
                if (error < least) {
                    best = doublings;
                    least = error;
                }
                if (hold(1 << doublings)) {
                    break; // wider steps are only coarser
                }
            }
            return best;
        }

        /** Whether all numbers lie between the ends. */
        private boolean hold(int wider) {
            for (int at = 0; at < numbers.length; at += channels) {
                for (int i = from; i < until; i++) {
                    if (!steps.holds(numbers[at + i], i, wider)) {
                        return false;
                    }
                }
            }
            return true;
        }

        /** Whether no number lies above the upper end. */
        private boolean reach(int wider) {
            for (int at = 0; at < numbers.length; at += channels) {
                for (int i = from; i < until; i++) {
                    if (numbers[at + i] > steps.most(i, wider)) {
                        return false;
                    }
                }
            }
            return true;
        }

        private double error(int wider) {
            var sum = 0.0;
            for (int at = 0; at < numbers.length; at += channels) {
                for (int i = from; i < until; i++) {
                    var gap = (double) numbers[at + i] - steps.rounded(numbers[at + i], i, wider, up);
                    sum += gap * gap;
                }
            }
            return sum;
        }

        void round(int doublings, float[] target) {
            for (int at = 0; at < numbers.length; at += channels) {
                for (int i = from; i < until; i++) {
                    target[at + i] = steps.rounded(numbers[at + i], i, 1 << doublings, up);
                }
            }
        }
    }
}
