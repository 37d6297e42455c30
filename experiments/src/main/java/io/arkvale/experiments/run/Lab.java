package io.arkvale.experiments.run;

import io.arkvale.api.Backend;
import io.arkvale.experiments.UserException;
import io.arkvale.experiments.engine.Machine;
import io.arkvale.experiments.engine.context.Context;
import io.arkvale.experiments.engine.context.ContextQueries;
import io.arkvale.experiments.engine.context.ModelScores;
import io.arkvale.experiments.engine.context.RecentQueries;
import io.arkvale.experiments.plan.ContentDigest;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.policy.Ability;
import io.arkvale.experiments.report.Origin;
import io.arkvale.experiments.task.TextTokens;
import io.arkvale.llama.Decoder;
import io.arkvale.llama.Llama;
import io.arkvale.llama.Prefill;
import io.arkvale.llama.attention.KeyValueStore;
import io.arkvale.llama.attention.PrefillAttention;
import io.arkvale.llama.config.LlamaConfig;
import io.arkvale.llama.forward.DenseDevice;
import io.arkvale.llama.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What experiments work with: a model, its tokenizer, threads, and a backend for the runs that need one. */
public final class Lab implements AutoCloseable, TextTokens {
    private final Llama model;
    private final Tokenizer tokenizer;
    private final Machine machine;
    private final Prefill prefill;
    private final KeyValueStore store;
    /** The tokens in the store. */
    private int[] prefilled = new int[0];

    private final @Nullable Path directory;
    private final ModelForm form;
    private final @Nullable DenseDevice device;
    private double @Nullable [][] headLosses;

    private @Nullable Decoder decoder;
    private int decoderRows;

    /**
     * Sets up a lab with a model that is loaded already.
     *
     * @param backend for the runs of a cache, or null if there are none
     */
    public Lab(Llama model, Tokenizer tokenizer, @Nullable Backend backend) {
        this(model, tokenizer, new Machine(model.kernels(), model.pool(), backend), null, ModelForm.USUAL, null);
    }

    private Lab(
            Llama model,
            Tokenizer tokenizer,
            Machine machine,
            @Nullable Path directory,
            ModelForm form,
            @Nullable DenseDevice device) {
        this.model = model;
        this.tokenizer = tokenizer;
        this.machine = machine;
        this.directory = directory;
        this.form = form;
        this.device = device;
        prefill = model.prefill();
        store = model.newStore();
    }

    /**
     * Loads a model.
     *
     * @param machine closed with the lab, or if the model cannot be loaded
     * @param form where and how it computes
     * @throws io.arkvale.llama.files.ModelFormatException if the model cannot be loaded
     */
    public static Lab open(Path directory, Machine machine, ModelForm form) {
        Tokenizer tokenizer = null;
        DenseDevice device = null;
        try {
            // Before the weights, which take longer to read.
            tokenizer =
                    Tokenizer.forModel(directory, LlamaConfig.read(directory).vocabulary());
            device = form.open().orElse(null);
            var model = device == null
                    ? Llama.load(directory, machine.kernels(), machine.pool(), form.weights())
                    : Llama.load(directory, machine.kernels(), machine.pool(), device);
            return new Lab(model, tokenizer, machine, directory, form, device);
        } catch (Throwable failure) {
            if (device != null) {
                device.close();
            }
            if (tokenizer != null) {
                tokenizer.close();
            }
            machine.close();
            throw failure;
        }
    }

    /** The model in words. */
    public String name() {
        if (directory == null) {
            return "a model in memory";
        }
        return directory.getFileName() + form.words();
    }

    /** What the model is, by content: a digest of the files of its directory. */
    public String identity() {
        return directory == null ? name() : identity(directory, form);
    }

    /** The same of a model that is not loaded. Another form makes another model of it. */
    public static String identity(Path directory, ModelForm form) {
        return ContentDigest.ofModel(directory) + form.suffix();
    }

    /** Where results of this lab come from. */
    public Origin origin(long seed) {
        return Origin.of(seed, name(), machine.backend());
    }

    @Override
    public int[] encode(String text) {
        return moreTokens(text);
    }

    @Override
    public byte[] decode(int[] tokens) {
        return bytes(tokens);
    }

    /** The model. */
    public Llama model() {
        return model;
    }

    /** The backend of the runs that need one. */
    public Backend backend() {
        return machine.requireBackend();
    }

    /** What the model and its runs compute with. */
    public Machine machine() {
        return machine;
    }

    /** Whether a model or a cache lies on a device with memory of its own. */
    boolean isOnDevice() {
        var backend = machine.backend();
        return form.device() != null || (backend != null && !backend.id().equals("cpu"));
    }

    /** The model's tokenizer. */
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** Tokens of a text from its beginning, taken as UTF-8. */
    public int[] tokens(String text) {
        return tokens(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Tokens of a text's bytes, from its beginning.
     *
     * @throws UserException if the bytes are no text and the tokenizer needs one
     */
    public int[] tokens(byte[] text) {
        try {
            return tokenizer.encode(text);
        } catch (IllegalArgumentException e) {
            throw new UserException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Tokens of a text that goes on after another. */
    public int[] moreTokens(String text) {
        return tokenizer.encodeMore(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Bytes of tokens that go on after others. */
    public byte[] bytes(int... tokens) {
        return tokenizer.decodeMore(tokens);
    }

    /** Text of tokens that go on after others; what is not UTF-8 shows as the replacement character. */
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
    public Context prefill(int[] tokens) {
        return prefill(tokens, false);
    }

    /**
     * The same; for runs that read the attention of all of the context's tokens, whose queries are then remembered.
     */
    public Context prefill(int[] tokens, boolean allRows) {
        var mismatch = Arrays.mismatch(tokens, prefilled);
        var remembered = allRows ? tokens.length : ContextQueries.LEAST;
        var common = Math.min(mismatch < 0 ? tokens.length : mismatch, Math.max(0, tokens.length - remembered));
        prefilled = new int[0];
        store.truncate(common);
        var recent = new RecentQueries(model.config(), model.dense(store), remembered);
        prefill.run(Arrays.copyOfRange(tokens, common, tokens.length), common, recent);
        prefilled = tokens.clone();
        return new Context(
                model.config(),
                model.rope(),
                store,
                recent,
                position -> tokens[position],
                this::bytes,
                ModelScores.NONE);
    }

    /** The context with what some of the runs ask of the model itself; the context stays valid. */
    Context withModelScores(Context context, List<RunSpec> runs) {
        var repeats = runs.stream().anyMatch(run -> run.asks(Ability.REPETITION));
        var tellsHeadsApart = runs.stream().anyMatch(run -> run.asks(Ability.HEAD_LOSSES));
        return context.with(
                new ModelScores(repeats ? Repetition.of(this, context) : null, tellsHeadsApart ? headLosses() : null));
    }

    /** Measured once: they are the model's, whatever the context. */
    double[][] headLosses() {
        var known = headLosses;
        if (known == null) {
            known = HeadLosses.measure(new Lab(model, tokenizer, null));
            headLosses = known;
        }
        return known;
    }

    /**
     * Passes tokens that follow the context through the model, and forgets them.
     *
     * @param watching stands between the model and the attention over context and tokens
     */
    void readOn(Context context, int[] tokens, UnaryOperator<PrefillAttention> watching) {
        prefill.run(tokens, context.tokens(), watching.apply(model.dense(store)));
        store.truncate(context.tokens());
    }

    /** A decoder for that many rows. */
    public Decoder decoder(int rows) {
        var known = decoder;
        if (known == null || decoderRows < rows) {
            known = model.decoder(rows);
            decoder = known;
            decoderRows = rows;
        }
        return known;
    }

    @Override
    public void close() {
        if (directory != null) {
            tokenizer.close(); // one that was given stays its owner's
        }
        if (device != null) {
            model.close();
            device.close();
        }
        machine.close();
    }
}
