package io.arkvale.experiments.generate;

import io.arkvale.llama.generation.Sampler;
import io.arkvale.llama.generation.StopTexts;
import io.arkvale.llama.text.EndTokens;
import io.arkvale.llama.text.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Lets a text go on.
 *
 * @param sampler chooses tokens
 * @param ends tokens that end a turn; their text is not given
 * @param stops texts before which a turn ends
 * @param maxTokens most tokens of a turn, at least 1
 */
public record Speaker(Tokenizer tokenizer, Sampler sampler, EndTokens ends, List<String> stops, int maxTokens) {

    /** Why a turn ended. */
    public enum End {
        /** The model said so. */
        TOKEN,
        /** A text to stop at came. */
        TEXT,
        /** The most tokens were there. */
        LENGTH
    }

    /**
     * A turn.
     *
     * @param tokens those chosen, without one that ends a turn
     * @param text what was given
     */
    public record Spoken(List<Integer> tokens, String text, End end) {}

    /**
     * Goes on after what a text's last logits say. Of the tokens chosen all but the last have been read.
     *
     * @param text with room for the tokens
     * @param sink takes the text as it comes, in whole characters
     */
    public Spoken speak(GrowingText text, Consumer<byte[]> sink) {
        var given = new ByteArrayOutputStream();
        Consumer<byte[]> giving = bytes -> {
            if (bytes.length > 0) {
                given.writeBytes(bytes);
                sink.accept(bytes);
            }
        };
        var stream = tokenizer.stream();
        var stopping = new StopTexts(stops);
        var tokens = new ArrayList<Integer>();
        var end = End.LENGTH;
        float[] logits = text.logits();
        while (tokens.size() < maxTokens) {
            int token = sampler.next(logits);
            if (ends.contains(token)) {
                end = End.TOKEN;
                break;
            }
            tokens.add(token);
            giving.accept(stopping.add(stream.add(token)));
            if (stopping.stopped()) {
                end = End.TEXT;
                break;
            }
            if (tokens.size() < maxTokens) {
                logits = text.add(token);
            }
        }
        giving.accept(stopping.add(stream.end()));
        giving.accept(stopping.end());
        return new Spoken(
                List.copyOf(tokens), given.toString(StandardCharsets.UTF_8), stopping.stopped() ? End.TEXT : end);
    }
}
