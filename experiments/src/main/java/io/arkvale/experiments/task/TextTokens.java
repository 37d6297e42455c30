package io.arkvale.experiments.task;

import java.nio.charset.StandardCharsets;

/** A model's tokens, for tasks that measure or cut texts by them. */
public interface TextTokens {
    /** One token per byte of UTF-8, as needle-5m has it. */
    TextTokens BYTES = new TextTokens() {
        @Override
        public int[] encode(String text) {
            var bytes = text.getBytes(StandardCharsets.UTF_8);
            var tokens = new int[bytes.length];
            for (int i = 0; i < tokens.length; i++) {
                tokens[i] = bytes[i] & 0xff;
            }
            return tokens;
        }

        @Override
        public byte[] decode(int[] tokens) {
            var bytes = new byte[tokens.length];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) tokens[i];
            }
            return bytes;
        }
    };

    /** The tokens of a text, without those that a tokenizer puts before or behind one: the bytes of all are the text. */
    int[] encode(String text);

    /** The bytes of tokens, which may begin or end inside a character. */
    byte[] decode(int[] tokens);
}
