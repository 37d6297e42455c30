package io.arkvale.experiments.generate;

import io.arkvale.llama.text.ChatMessage;
import io.arkvale.llama.text.ChatTemplate;
import io.arkvale.llama.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What is said in turns, and the tokens that the model reads of it. */
public interface Conversation {

    /**
     * Takes what a person says, and gives all tokens of the text up to where the model goes on.
     *
     * @throws IllegalArgumentException if the bytes are no text and the tokenizer needs one
     */
    int[] say(byte[] words);

    /** Takes what the model answered. */
    void answered(Speaker.Spoken spoken);

    /** Forgets everything. */
    void forget();

    /** One text that both write: what is said comes in a new line. */
    static Conversation plain(Tokenizer tokenizer) {
        return new Conversation() {
            private final List<Integer> tokens = new ArrayList<>();
            private boolean lineOpen;

            @Override
            public int[] say(byte[] words) {
                if (lineOpen) {
                    add(tokenizer.encodeMore("\n".getBytes(StandardCharsets.UTF_8)));
                }
                add(tokens.isEmpty() ? tokenizer.encode(words) : tokenizer.encodeMore(words));
                lineOpen = true;
                return tokens.stream().mapToInt(Integer::intValue).toArray();
            }

            private void add(int[] more) {
                IntStream.of(more).forEach(tokens::add);
            }

            @Override
            public void answered(Speaker.Spoken spoken) {
                tokens.addAll(spoken.tokens());
                int[] last =
                        spoken.tokens().stream().mapToInt(Integer::intValue).toArray();
                // A line's end that a turn was stopped at is in its tokens, though not in its text.
                lineOpen = !new String(tokenizer.decodeMore(last), StandardCharsets.UTF_8).endsWith("\n");
            }

            @Override
            public void forget() {
                tokens.clear();
                lineOpen = false;
            }
        };
    }

    /** Messages of a person and an assistant, written by a model's template. */
    static Conversation chat(Tokenizer tokenizer, ChatTemplate template, @Nullable String system) {
        return new Conversation() {
            private final List<ChatMessage> messages = new ArrayList<>();

            {
                forget();
            }

            @Override
            public int[] say(byte[] words) {
                messages.add(new ChatMessage("user", new String(words, StandardCharsets.UTF_8)));
                return tokenizer.encodeMarked(template.render(messages).getBytes(StandardCharsets.UTF_8));
            }

            @Override
            public void answered(Speaker.Spoken spoken) {
                messages.add(new ChatMessage("assistant", spoken.text()));
            }

            @Override
            public void forget() {
                messages.clear();
                if (system != null) {
                    messages.add(new ChatMessage("system", system));
                }
            }
        };
    }
}
