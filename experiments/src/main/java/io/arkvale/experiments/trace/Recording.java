package io.arkvale.experiments.trace;

import io.arkvale.experiments.engine.context.Context;
import io.arkvale.experiments.engine.group.Runs;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.report.Origin;
import io.arkvale.experiments.run.Lab;
import io.arkvale.experiments.run.Session;
import io.arkvale.experiments.trace.TraceHeader.RecordedRun;
import io.arkvale.llama.Logits;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * Runs one policy on a model and keeps the queries, keys and values of all layers: a context is prefilled, a question is
 * fed token by token, and the answer is decoded greedily.
 */
public final class Recording {
    private final Lab lab;
    private final RunSpec run;
    private final Context context;
    private final StepRecorder recorder;
    private final int[] tokens;

    /**
     * What is to be recorded.
     *
     * @param context tokens to prefill, at least one
     * @param question tokens to feed, at least one
     * @param answerTokens tokens to decode after them, at least one; the last one is not fed any more
     * @param allQueries whether the queries of all of the context's tokens are kept, which only some policies read
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    public record Plan(int[] context, int[] question, int answerTokens, boolean allQueries) {
        /** Decode steps. */
        public int steps() {
            return Math.addExact(question.length, answerTokens - 1);
        }

        /** Tokens of context and steps. */
        public int tokens() {
            return Math.addExact(context.length, steps());
        }
    }

    /**
     * Runs a plan and writes its trace.
     *
     * @param model the model in words
     * @param seed the seed of the prompt
     * @throws io.arkvale.experiments.UserException if the file cannot be written
     */
    public static TraceHeader record(Lab lab, Plan plan, RunSpec run, Path path, String model, long seed) {
        return new Recording(lab, plan, run, runs -> {}).write(path, model, seed);
    }

    /**
     * Runs a plan.
     *
     * @param watcher sees the run after each step
     */
    Recording(Lab lab, Plan plan, RunSpec run, Consumer<Runs> watcher) {
        this.lab = lab;
        this.run = run;
        context = lab.prefill(plan.context(), plan.allQueries() || run.readsAllRows());
        recorder = new StepRecorder(context.shape(), plan.steps());
        tokens = Arrays.copyOf(plan.context(), plan.tokens());
        var question = plan.question();
        try (var session = new Session(lab, context, List.of(run), plan.steps(), recorder::watch)) {
            var next = question[0];
            for (int step = 0; step < plan.steps(); step++) {
                tokens[context.tokens() + step] = next;
                var logits = session.decode(new int[] {next})[0];
                watcher.accept(session.runs());
                next = step + 1 < question.length ? question[step + 1] : Logits.argmax(logits, 0, logits.length);
            }
        }
    }

    /** Writes the trace; the lab may not have prefilled another context since. */
    TraceHeader write(Path path, String model, long seed) {
        var shape = context.shape();
        var header = new TraceHeader(
                shape.layers(),
                shape.queryHeads(),
                shape.kvHeads(),
                shape.headDim(),
                context.tokens(),
                context.queries().known(),
                tokens.length - context.tokens(),
                new RecordedRun(
                        "arkvale " + Origin.programVersion(),
                        model,
                        seed,
                        run.choice().label(),
                        run.budget(),
                        run.denseLayers()));
        var text = Arrays.stream(tokens).mapToObj(token -> lab.bytes(token)).toList();
        TraceWriter.write(path, header, tokens, text, context.rope().frequencies(), this::copy);
        return header;
    }

    /** Rows of the context, then of the steps. */
    private void copy(TraceVectors vectors, int layer, int first, int count, float[] target) {
        var contextRows = switch (vectors) {
            case QUERIES -> context.queries().known();
            case RAW_QUERIES -> 0;
            case KEYS, VALUES -> context.tokens();
        };
        var inContext = Math.clamp(contextRows - first, 0, count);
        switch (vectors) {
            case QUERIES -> copyQueries(layer, context.tokens() - contextRows + first, inContext, target);
            case RAW_QUERIES -> {}
            case KEYS -> context.store().copyKeys(layer, first, inContext, target);
            case VALUES -> context.store().copyValues(layer, first, inContext, target);
        }
        var offset = inContext * vectors.width(context.shape());
        recorder.copy(vectors, layer, Math.max(0, first - contextRows), count - inContext, target, offset);
    }

    private void copyQueries(int layer, int firstToken, int count, float[] target) {
        var shape = context.shape();
        for (int i = 0; i < count; i++) {
            for (int head = 0; head < shape.queryHeads(); head++) {
                var offset = i * shape.queryWidth() + head * shape.headDim();
                context.queries().copy(layer, firstToken + i, head, target, offset);
            }
        }
    }
}
