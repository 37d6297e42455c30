package io.arkvale.llama.text;

/**
 * Text of tokens as they come. It holds back what the next tokens may complete, so that nobody sees half a character. All
 * that it gives, one after another, is what {@link Tokenizer#decodeMore} gives at once.
 */
public interface TextStream {

    /** Takes one more token and gives the bytes that are certain now, perhaps none. */
    byte[] add(int token);

    /** Gives what was held back: the text ends here. The stream then stands at its beginning again. */
    byte[] end();
}
