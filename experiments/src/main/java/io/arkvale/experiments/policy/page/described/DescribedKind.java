package io.arkvale.experiments.policy.page.described;

import io.arkvale.api.Digest;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.experiments.UserException;
import io.arkvale.experiments.policy.page.DigestKind;
import io.arkvale.experiments.policy.page.PageDigest;
import java.util.Optional;

/**
 * A digest named by the interface's canonical text, such as {@code disc-max*0.75/8@3+2}, and after it where its scales
 * come from, such as {@code :scales=frames}; without, from the page.
 */
public record DescribedKind(Digest digest, Scales scales) implements DigestKind {
    /** Stands between the two. */
    public static final String SCALES = ":scales=";

    /**
     * Reads a name.
     *
     * @return nothing if it does not begin with a description
     * @throws UserException if it does, and is not the canonical text or goes on with anything but scales
     */
    public static Optional<DigestKind> parse(String name) {
        var colon = name.indexOf(':');
        var text = colon < 0 ? name : name.substring(0, colon);
        Digest digest;
        try {
            digest = Digest.parse(text);
        } catch (InvalidArgumentException unreadable) {
            return Optional.empty();
        }
        if (!digest.toString().equals(text)) {
            throw new UserException("digest '" + text + "' is written " + digest);
        }
        if (colon < 0) {
            return Optional.of(new DescribedKind(digest, Scales.PAGE));
        }
        if (!name.startsWith(SCALES, colon)) {
            throw new UserException("digest '" + name + "' goes on with '" + name.substring(colon) + "'; allowed: "
                    + SCALES + " and one of " + Scales.words());
        }
        return Optional.of(new DescribedKind(digest, Scales.named(name.substring(colon + SCALES.length()))));
    }

    @Override
    public String name() {
        return digest + (scales == Scales.PAGE ? "" : SCALES + scales.word());
    }

    @Override
    public PageDigest create(int headDim) {
        return new DescribedDigest(digest, scales, headDim);
    }
}
