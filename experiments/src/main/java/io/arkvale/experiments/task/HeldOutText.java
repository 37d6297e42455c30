package io.arkvale.experiments.task;

import java.io.IOException;
import java.io.UncheckedIOException;

/** The text that {@code perplexity} reads by default: English that the shipped model was not trained on. */
public final class HeldOutText {
    private static final String RESOURCE = "heldout.txt";

    private HeldOutText() {}

    /** Its bytes, 16 KiB. */
    public static byte[] bytes() {
        try (var stream = HeldOutText.class.getResourceAsStream(RESOURCE)) {
            if (stream == null) {
                throw new IllegalStateException("resource " + RESOURCE + " is missing from the jar");
            }
            return stream.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
