package io.arkvale.experiments.cli;

import io.arkvale.experiments.engine.RunSpec;
import io.arkvale.experiments.engine.Workbench;
import io.arkvale.experiments.report.Origin;
import io.arkvale.llama.Llama;
import io.arkvale.llama.config.LlamaConfig;
import io.arkvale.llama.files.ModelFormatException;
import io.arkvale.llama.text.ByteTokenizer;
import io.arkvale.llama.text.FileTokenizer;
import io.arkvale.llama.text.Tokenizer;
import java.nio.file.Path;
import java.util.List;

/** Model, threads and backend of a command, opened once its options are known to be right. */
final class Setup implements AutoCloseable {
    private final Path directory;
    private final RunTools tools;
    private final Workbench bench;

    private Setup(Path directory, RunTools tools, Llama model, Tokenizer tokenizer) {
        this.directory = directory;
        this.tools = tools;
        bench = new Workbench(model, tokenizer, tools.tools().backend());
    }

    /** Checks the runs, then creates the backend if one of them needs it, and loads the model. */
    static Setup open(ModelOptions modelOptions, BackendOptions backendOptions, List<RunSpec> runs) {
        var config = LlamaConfig.read(modelOptions.directory());
        runs.forEach(run -> run.check(config));
        return open(modelOptions, backendOptions, RunTools.needBackend(runs));
    }

    /** Creates the backend if it is needed, and loads the model. */
    static Setup open(ModelOptions modelOptions, BackendOptions backendOptions, boolean needsBackend) {
        var directory = modelOptions.directory();
        var tokenizer = tokenOfEachByte(directory, LlamaConfig.read(directory));
        var runTools = RunTools.open(modelOptions.threads(), backendOptions, needsBackend);
        try {
            var tools = runTools.tools();
            var model = Llama.load(directory, tools.kernels(), tools.pool());
            return new Setup(directory, runTools, model, tokenizer);
        } catch (Throwable failure) {
            runTools.close();
            throw failure;
        }
    }

    /** Texts are cut and counted in bytes here, so other tokens are refused. */
    private static Tokenizer tokenOfEachByte(Path directory, LlamaConfig config) {
        var tokenizer = Tokenizer.forModel(directory, config.vocabulary());
        if (!(tokenizer instanceof ByteTokenizer)) {
            tokenizer.close();
            throw new ModelFormatException(
                    directory.resolve(FileTokenizer.FILE),
                    "the tasks are in bytes so far, so only models with one token per byte can be used");
        }
        return tokenizer;
    }

    Workbench bench() {
        return bench;
    }

    /** The model in words. */
    String model() {
        return String.valueOf(directory.getFileName());
    }

    Origin origin(long seed) {
        return tools.origin(seed, model());
    }

    /** Warns once if a text is longer than what the model was trained with. */
    void warnBeyondTraining(Terminal terminal, int tokens) {
        var trained = ModelCard.trainedTokens(directory);
        if (trained.isPresent() && tokens > trained.getAsInt()) {
            terminal.err()
                    .println("arkvale: warning: a prompt has " + tokens + " tokens; the model was trained with at most "
                            + trained.getAsInt());
        }
    }

    @Override
    public void close() {
        tools.close();
    }
}
