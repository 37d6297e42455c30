package io.arkvale.experiments.engine;

import io.arkvale.api.Backend;
import io.arkvale.experiments.UserException;
import io.arkvale.llama.Decoder;
import io.arkvale.llama.Llama;
import io.arkvale.llama.Prefill;
import io.arkvale.llama.attention.KeyValueStore;
import io.arkvale.llama.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What experiments work with: a model, its tokenizer, threads, and a backend for the runs that need one. */
public final class Workbench {
    private final Llama model;
    private final Tokenizer tokenizer;
    private final Tools tools;
    private final Prefill prefill;
    private final KeyValueStore store;
    /** The tokens in the store. */
    private int[] prefilled = new int[0];

    private @Nullable Decoder decoder;
    private int decoderRows;

    /**
     * Sets up a bench; model and backend stay their owner's.
     *
     * @param backend for ArkVale's runs, or null if there are none
     */
    public Workbench(Llama model, Tokenizer tokenizer, @Nullable Backend backend) {
        this.model = model;
        this.tokenizer = tokenizer;
        tools = new Tools(model.kernels(), model.pool(), backend);
        prefill = model.prefill();
        store = model.newStore();
    }

    /** The model. */
    public Llama model() {
        return model;
    }

    /** The backend of the runs that need one. */
    public Backend backend() {
        return tools.requireBackend();
    }

    /** What the model and its runs compute with. */
    Tools tools() {
        return tools;
    }

    /** Tokens of a text, taken as UTF-8. */
    public int[] tokens(String text) {
        return tokens(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Tokens of a text's bytes. */
    public int[] tokens(byte[] text) {
        return tokenizer.encode(text);
    }

    /** Bytes of tokens. */
    public byte[] bytes(int... tokens) {
        return tokenizer.decode(tokens);
    }

    /** Text of tokens; what is not UTF-8 shows as the replacement character. */
    public String text(int[] tokens) {
        return new String(bytes(tokens), StandardCharsets.UTF_8);
    }

    /**
     * Refuses a text that the model has no positions for.
     *
     * @throws UserException naming the number of tokens and the most there may be
     */
    public void requireRoom(String what, int tokens) {
        var most = model.config().maxPositions();
        if (tokens > most) {
            throw new UserException(
                    what + " has " + tokens + " tokens; the model's max_position_embeddings allows " + most);
        }
    }

    /**
     * Prefills a context with full attention; it is valid until the next one. Tokens that it begins with like the
     * previous one are not computed again: a token's results do not depend on how the text is cut.
     */
    Context prefill(int[] tokens) {
        return prefill(tokens, false);
    }

    /**
     * The same; for runs that read the attention of all of the context's tokens, whose queries are then remembered.
     */
    Context prefill(int[] tokens, boolean allRows) {
        var mismatch = Arrays.mismatch(tokens, prefilled);
        var remembered = allRows ? tokens.length : ContextQueries.LEAST;
        var common = Math.min(mismatch < 0 ? tokens.length : mismatch, Math.max(0, tokens.length - remembered));
        prefilled = new int[0];
        store.truncate(common);
        var recent = new RecentQueries(model.config(), model.dense(store), remembered);
        prefill.run(Arrays.copyOfRange(tokens, common, tokens.length), common, recent);
        prefilled = tokens.clone();
        return new Context(model.config(), model.rope(), store, recent, position -> tokens[position], this::bytes);
    }

    /** A decoder for that many rows. */
    Decoder decoder(int rows) {
        var known = decoder;
        if (known == null || decoderRows < rows) {
            known = model.decoder(rows);
            decoder = known;
            decoderRows = rows;
        }
        return known;
    }
}
