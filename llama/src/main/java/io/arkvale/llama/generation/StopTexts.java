package io.arkvale.llama.generation;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Ends a text before the first of given texts occurs in it. What may become such a text is held back until it is certain.
 */
public final class StopTexts {

    private final List<byte[]> stops;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private boolean stopped;

    /** Ends before the first occurrence of any of these; an empty one is refused. */
    public StopTexts(List<String> stops) {
        this.stops = stops.stream()
                .map(stop -> stop.getBytes(StandardCharsets.UTF_8))
                .toList();
        if (this.stops.stream().anyMatch(stop -> stop.length == 0)) {
            throw new IllegalArgumentException("a text to stop at is empty; allowed: one character or more");
        }
    }

    /** Takes more of the text and gives what is certain of it now. After a stop it gives nothing more. */
    public byte[] add(byte[] more) {
        if (stopped) {
            return new byte[0];
        }
        held.writeBytes(more);
        byte[] text = held.toByteArray();
        int end = text.length;
        for (int from = 0; from < text.length; from++) {
            for (byte[] stop : stops) {
                int length = Math.min(stop.length, text.length - from);
                if (Arrays.equals(text, from, from + length, stop, 0, length)) {
                    if (length == stop.length) {
                        stopped = true;
                        held.reset();
                        return Arrays.copyOf(text, from);
                    }
                    end = Math.min(end, from); // it may still become this stop
                }
            }
        }
        held.reset();
        held.write(text, end, text.length - end);
        return Arrays.copyOf(text, end);
    }

    /** Whether a stop has occurred. */
    public boolean stopped() {
        return stopped;
    }

    /** Gives what was held back: the text ends here. */
    public byte[] end() {
        byte[] text = held.toByteArray();
        held.reset();
        return text;
    }
}
