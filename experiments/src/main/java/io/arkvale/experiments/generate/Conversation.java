package io.arkvale.experiments.generate;

import io.arkvale.llama.text.ChatMessage;
import io.arkvale.llama.text.ChatTemplate;
import io.arkvale.llama.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is said in turns, and the tokens that the model reads of it. */
public interface Conversation {

    /**
     * Gives all tokens of the text up to where the model goes on, when a person says this. It is kept once the model has
     * answered; what is said instead replaces it.
     *
     * @throws IllegalArgumentException if the bytes are no text and the tokenizer needs one
     */
    int[] say(byte[] words);

    /** Keeps what was said last and what the model answered. */
    void answered(Speaker.Spoken spoken);

    /** Forgets everything. */
    void forget();

    /** One text that both write: what is said comes in a new line. */
    static Conversation plain(Tokenizer tokenizer) {
        return new Conversation() {
            private int[] kept = {};
            private int[] said = {};
            private boolean lineOpen;

            @Override
            public int[] say(byte[] words) {
                int[] lineEnd = lineOpen ? tokenizer.encodeMore("\n".getBytes(StandardCharsets.UTF_8)) : new int[0];
                int[] more = kept.length == 0 ? tokenizer.encode(words) : tokenizer.encodeMore(words);
                said = joined(kept, lineEnd, more);
                return said.clone();
            }

            @Override
            public void answered(Speaker.Spoken spoken) {
                int[] last =
                        spoken.tokens().stream().mapToInt(Integer::intValue).toArray();
                kept = joined(said, last);
                // A line's end that a turn was stopped at is in its tokens, though not in its text.
                lineOpen = !new String(tokenizer.decodeMore(last), StandardCharsets.UTF_8).endsWith("\n");
            }

            @Override
            public void forget() {
                kept = new int[0];
                lineOpen = false;
            }
        };
    }

    private static int[] joined(int[]... parts) {
        return Stream.of(parts).flatMapToInt(IntStream::of).toArray();
    }

    /** Messages of a person and an assistant, written by a model's template. */
    static Conversation chat(Tokenizer tokenizer, ChatTemplate template, @Nullable String system) {
        return new Conversation() {
            private List<ChatMessage> kept = beginning();
            private List<ChatMessage> said = List.of();

            private List<ChatMessage> beginning() {
                return system == null ? List.of() : List.of(new ChatMessage("system", system));
            }

            @Override
            public int[] say(byte[] words) {
                said = with(kept, new ChatMessage("user", new String(words, StandardCharsets.UTF_8)));
                return tokenizer.encodeMarked(template.render(said).getBytes(StandardCharsets.UTF_8));
            }

            private static List<ChatMessage> with(List<ChatMessage> messages, ChatMessage last) {
                return Stream.concat(messages.stream(), Stream.of(last)).toList();
            }

            @Override
            public void answered(Speaker.Spoken spoken) {
                kept = with(said, new ChatMessage("assistant", spoken.text()));
            }

            @Override
            public void forget() {
                kept = beginning();
            }
        };
    }
}
