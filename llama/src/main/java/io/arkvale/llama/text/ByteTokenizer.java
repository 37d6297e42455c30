package io.arkvale.llama.text;

/** One token per byte: the byte's unsigned value. Any bytes are a text, and nothing stands at its beginning. */
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
    public int[] encodeMore(byte[] text) {
        return encode(text);
    }

    @Override
    public int[] encodeMarked(byte[] text) {
        return encode(text);
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

    @Override
    public byte[] decodeMore(int[] tokens) {
        return decode(tokens);
    }

    @Override
    public TextStream stream() {
        return new ByteStream(this);
    }

    @Override
    public void close() {}
}
