package io.arkvale.llama.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * The stream of a tokenizer from a file. Its decoders work token by token, with two exceptions: a character may be spread
 * over several tokens, and then what is there of it decodes to the replacement character; and a run of byte tokens decodes
 * as a whole. Tokens are held until neither may be the case.
 */
final class HeldTokens implements TextStream {

    private static final String REPLACEMENT = "\uFFFD";

    private final FileTokenizer tokenizer;
    private int[] held = new int[8];
    private int count;

    HeldTokens(FileTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    @Override
    public byte[] add(int token) {
        if (count == held.length) {
            held = Arrays.copyOf(held, 2 * count);
        }
        held[count++] = token;
        if (tokenizer.isByte(token)) {
            return new byte[0];
        }
        var text = tokenizer.textAfterOthers(Arrays.copyOf(held, count));
        if (text.endsWith(REPLACEMENT)) {
            return new byte[0];
        }
        count = 0;
        return text.getBytes(UTF_8);
    }

    @Override
    public byte[] end() {
        var text = tokenizer.textAfterOthers(Arrays.copyOf(held, count));
        count = 0;
        return text.getBytes(UTF_8);
    }
}
