package io.arkvale.llama.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.arkvale.llama.files.Json;
import io.arkvale.llama.files.ModelFormatException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The tokenizer of a {@code tokenizer.json}, HuggingFace's format. Special tokens that are written in a text become those
 * tokens. It holds native memory until it is closed.
 */
public final class FileTokenizer implements Tokenizer {

    /** The file's name in a model's directory. */
    public static final String FILE = "tokenizer.json";

    private final Path file;
    private final TokenizerDescription description;
    private final NativeTokenizer fromBeginning;
    /** For text after other text; made when first needed, and the same one where a beginning is nothing special. */
    private @Nullable NativeTokenizer afterOthers;

    private FileTokenizer(Path file, TokenizerDescription description, NativeTokenizer fromBeginning) {
        this.file = file;
        this.description = description;
        this.fromBeginning = fromBeginning;
        if (!description.treatsBeginning()) {
            afterOthers = fromBeginning;
        }
    }

    /**
     * Reads a file.
     *
     * @throws ModelFormatException if it is wrong, of a kind that is not supported, or the native library that reads it
     *     does not run on this machine
     */
    static FileTokenizer read(Path file) {
        var description = TokenizerDescription.read(file);
        try (var json = Files.newInputStream(file)) {
            return new FileTokenizer(file, description, NativeTokenizer.load(json));
        } catch (IOException e) {
            throw Json.unreadable(file, e);
        } catch (IllegalArgumentException e) {
            throw new ModelFormatException(file, String.valueOf(e.getMessage()), e);
        }
    }

    private synchronized NativeTokenizer afterOthers() {
        var known = afterOthers;
        if (known == null) {
            try {
                known = NativeTokenizer.load(new ByteArrayInputStream(TokenizerDescription.withoutBeginning(file)));
            } catch (IOException e) {
                throw Json.unreadable(file, e);
            }
            afterOthers = known;
        }
        return known;
    }

    @Override
    public int[] encode(byte[] text) {
        int[] words = fromBeginning.encode(string(text));
        return IntStream.concat(description.beginning().stream().mapToInt(Integer::intValue), Arrays.stream(words))
                .toArray();
    }

    @Override
    public int[] encodeMore(byte[] text) {
        return afterOthers().encode(string(text));
    }

    @Override
    public int[] encodeMarked(byte[] text) {
        return fromBeginning.encode(string(text));
    }

    private static String string(byte[] text) {
        try {
            return UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the text is not UTF-8, which the model's tokenizer needs", e);
        }
    }

    @Override
    public byte[] decode(int[] tokens) {
        return fromBeginning.decode(tokens).getBytes(UTF_8);
    }

    @Override
    public byte[] decodeMore(int[] tokens) {
        return textAfterOthers(tokens).getBytes(UTF_8);
    }

    String textAfterOthers(int[] tokens) {
        return tokens.length == 0 ? "" : afterOthers().decode(tokens);
    }

    /** Whether a token is one byte, which the decoder joins with those beside it. */
    boolean isByte(int token) {
        return token >= 0 && description.byteTokens().get(token);
    }

    @Override
    public TextStream stream() {
        return new HeldTokens(this);
    }

    @Override
    public synchronized void close() {
        if (afterOthers != null && afterOthers != fromBeginning) {
            afterOthers.close();
        }
        fromBeginning.close();
    }
}
