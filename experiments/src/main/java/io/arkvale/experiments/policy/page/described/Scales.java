package io.arkvale.experiments.policy.page.described;

import io.arkvale.api.Digest;
import io.arkvale.api.ElementType;
import io.arkvale.experiments.UserException;
import io.arkvale.experiments.input.Nearest;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Where the steps of numbers in few bits come from. */
public enum Scales {
    /** The page itself: the interface's own rule, whose scales and zero points are stored per page. */
    PAGE,
    /**
     * The whole prompt, per channel: nothing is stored per page. It looks at tokens that come later, so that no page can
     * be summarised as it fills: the upper reference.
     */
    PROMPT,
    /** Earlier pages, per channel: those before the page's power of two. What lies outside is moved to the border. */
    CLAMPED,
    /** The same, and the page doubles the steps of each run of elements as often as serves it best. */
    FRAMES,
    /** The same in two levels: zero points of the page in 8 bits, and the parts' offsets from them. */
    OFFSETS;

    /** Its word in the options. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All words. */
    public static List<String> words() {
        return Arrays.stream(values()).map(Scales::word).toList();
    }

    /**
     * The scales of a word.
     *
     * @throws UserException if there are none; lists the words
     */
    static Scales named(String word) {
        return Arrays.stream(values())
                .filter(scales -> scales.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new UserException(
                        "scales is '" + word + "'; allowed: " + words() + Nearest.question(word, words())));
    }

    /** Whether the page has zero points from which its parts' centres are measured. */
    private boolean hasZeroPoints(Digest.Form form) {
        return this == OFFSETS && form.parts() > 1;
    }

    Rounding rounding(Digest digest, int headDim) {
        var form = digest.form();
        if (form.isWhole()) {
            return new HalfPrecision(form.shape());
        }
        return switch (this) {
            case PAGE -> new PageScales(digest, headDim);
            case PROMPT -> new PromptScales(digest);
            case CLAMPED -> new Frames(digest, headDim, false, false);
            case FRAMES -> new Frames(digest, headDim, true, false);
            case OFFSETS -> new Frames(digest, headDim, true, hasZeroPoints(form));
        };
    }

    /** Bits of a page and KV head; numbers that are not in few bits count 16. */
    long bits(Digest digest, int headDim) {
        var form = digest.form();
        if (this == PAGE || form.isWhole()) {
            return Byte.SIZE * form.bytes(headDim, ElementType.F16);
        }
        var extents = form.shape().extents(headDim);
        var codes = (long) form.parts() * (headDim * form.centreBits() + extents * form.extentBits());
        if (this == PROMPT || this == CLAMPED) {
            return codes;
        }
        var runs = Frames.runs(headDim) + Frames.runs(extents);
        if (!hasZeroPoints(form)) {
            return codes + (long) runs * Frames.DOUBLING_BITS;
        }
        var zeros = (long) headDim * form.zeroBits();
        return codes + zeros + (long) (runs + Frames.runs(headDim)) * Frames.DOUBLING_BITS;
    }
}
