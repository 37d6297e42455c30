package io.arkvale.llama.text;

import ai.djl.engine.EngineException;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.LibUtils;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Map;

/**
 * HuggingFace's own tokenizers, in native code. A text becomes the tokens of its words and of the special tokens that are
 * written in it; nothing is added, cut or filled.
 */
final class NativeTokenizer implements AutoCloseable {

    /** Without these the library cuts texts at 512 tokens and adds special tokens. */
    private static final Map<String, String> PLAIN =
            Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false");

    /** The library's settings that keep it off the network: environment variable, system property, value. */
    private static final String[][] OFFLINE = {
        {"RUST_FLAVOR", "RUST_FLAVOR", "cpu"}, // else it downloads another build where it finds CUDA
        {"OPT_OUT_TRACKING", "OPT_OUT_TRACKING", "true"}, // else it tells its makers that it was started
        {"DJL_OFFLINE", "ai.djl.offline", "true"},
    };

    private final HuggingFaceTokenizer tokenizer;

    private NativeTokenizer(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * Loads a tokenizer's file; reads the stream to its end and leaves it open.
     *
     * @throws IOException if the stream cannot be read
     * @throws IllegalArgumentException if the native library does not understand the file, or cannot be loaded here
     */
    static NativeTokenizer load(InputStream json) throws IOException {
        requireLibrary();
        try {
            return new NativeTokenizer(HuggingFaceTokenizer.newInstance(json, PLAIN));
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("it is no tokenizer that can be read: " + e.getMessage(), e);
        }
    }

    private static void requireLibrary() {
        for (var setting : OFFLINE) {
            var given = System.getenv(setting[0]);
            if (given != null && !given.equals(setting[2])) {
                throw new IllegalArgumentException("the environment variable " + setting[0] + " is '" + given
                        + "', with which the tokenizers' library may use the network; unset it or set it to "
                        + setting[2]);
            }
            System.setProperty(setting[1], setting[2]);
        }
        try {
            LibUtils.checkStatus();
        } catch (EngineException | LinkageError e) {
            throw new IllegalArgumentException(
                    "the tokenizers' native library cannot be loaded on " + System.getProperty("os.name") + " "
                            + System.getProperty("os.arch") + " (" + e.getMessage() + "); it exists for Linux on x86-64"
                            + " and AArch64, macOS on AArch64 and Windows on x86-64, and is unpacked to the folder"
                            + " .djl.ai of the home directory, or to that of the environment variable DJL_CACHE_DIR,"
                            + " which must be writable",
                    e);
        }
    }

    int[] encode(String text) {
        return Arrays.stream(tokenizer.encode(text, false, false).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    String decode(int[] tokens) {
        return tokenizer.decode(Arrays.stream(tokens).asLongStream().toArray(), false);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
