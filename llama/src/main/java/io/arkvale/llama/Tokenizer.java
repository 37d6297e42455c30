package io.arkvale.llama;

import io.arkvale.llama.config.LlamaConfig;
import io.arkvale.llama.files.ModelFormatException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Between a text's bytes and a model's tokens. */
public interface Tokenizer {

    /** The tokens of a text given as its bytes (UTF-8 where it is text). */
    int[] encode(byte[] text);

    /** The bytes that the tokens stand for. */
    byte[] decode(int[] tokens);

    /**
     * The tokenizer of a model's directory. A vocabulary of 256 without a {@code tokenizer.json} is one token a byte.
     *
     * @throws ModelFormatException if the model needs another tokenizer
     */
    static Tokenizer forModel(Path directory, LlamaConfig config) {
        var file = directory.resolve("tokenizer.json");
        if (Files.exists(file)) {
            throw new ModelFormatException(file, "tokenizers from a file are not supported, only models of bytes are");
        }
        if (config.vocabulary() != ByteTokenizer.VOCABULARY) {
            throw new ModelFormatException(
                    directory.resolve(LlamaConfig.FILE),
                    "vocab_size is " + config.vocabulary() + ", and without a tokenizer.json only "
                            + ByteTokenizer.VOCABULARY + " (one token a byte) is supported");
        }
        return new ByteTokenizer();
    }
}
