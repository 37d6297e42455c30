package io.arkvale.llama.text;

import io.arkvale.llama.files.ModelFormatException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Between a text's bytes and a model's tokens. A text has a beginning and may be continued; the model's tokens of a
 * beginning (often one, BOS) stand once, at the start.
 */
public interface Tokenizer extends AutoCloseable {

    /**
     * The tokens of a text from its beginning, given as its bytes: first those that the model wants at a beginning.
     *
     * @throws IllegalArgumentException if the bytes are not UTF-8 and the tokenizer knows text only
     */
    int[] encode(byte[] text);

    /**
     * The tokens of a text that goes on after another: without the tokens of a beginning, and without the blank that
     * some tokenizers put before a text's first word.
     *
     * @throws IllegalArgumentException if the bytes are not UTF-8 and the tokenizer knows text only
     */
    int[] encodeMore(byte[] text);

    /**
     * The tokens of a text in which special tokens are written out, as chat templates give it: nothing is added.
     *
     * @throws IllegalArgumentException if the bytes are not UTF-8 and the tokenizer knows text only
     */
    int[] encodeMarked(byte[] text);

    /** The bytes of tokens that stand at a text's beginning. Special tokens give their own text. */
    byte[] decode(int[] tokens);

    /** The bytes of tokens that go on after others: a blank at their beginning stays. */
    byte[] decodeMore(int[] tokens);

    /** Text of tokens that go on after others, as they come. */
    TextStream stream();

    /** Gives back what is held outside the heap. */
    @Override
    void close();

    /**
     * The tokenizer of a model's directory: that of its {@code tokenizer.json}; without such a file a vocabulary of 256 is
     * one token per byte.
     *
     * @param vocabulary entries of the model's embedding; a tokenizer may know fewer
     * @throws ModelFormatException if the file is wrong, of a kind that is not supported, or missing
     */
    static Tokenizer forModel(Path directory, int vocabulary) {
        var file = directory.resolve(FileTokenizer.FILE);
        if (Files.exists(file)) {
            return FileTokenizer.read(file);
        }
        if (vocabulary != ByteTokenizer.VOCABULARY) {
            throw new ModelFormatException(
                    file,
                    "there is no such file, and without it only a vocabulary of " + ByteTokenizer.VOCABULARY
                            + " (one token per byte) can be read; the model's is " + vocabulary);
        }
        return new ByteTokenizer();
    }
}
