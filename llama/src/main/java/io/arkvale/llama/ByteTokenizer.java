package io.arkvale.llama;

/** One token a byte: the byte's unsigned value. */
public final class ByteTokenizer implements Tokenizer {

    static final int VOCABULARY = 256;

    /** Without settings. */
    public ByteTokenizer() {}

    @Override
    public int[] encode(byte[] text) {
        var tokens = new int[text.length];
        for (int i = 0; i < text.length; i++) {
            tokens[i] = Byte.toUnsignedInt(text[i]);
        }
        return tokens;
    }

    @Override
    public byte[] decode(int[] tokens) {
        var text = new byte[tokens.length];
        for (int i = 0; i < tokens.length; i++) {
            if (tokens[i] < 0 || tokens[i] >= VOCABULARY) {
                throw new IllegalArgumentException("token " + tokens[i] + " is no byte");
            }
            text[i] = (byte) tokens[i];
        }
        return text;
    }
}
