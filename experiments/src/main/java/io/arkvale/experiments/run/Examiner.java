package io.arkvale.experiments.run;

import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.result.Answers;
import io.arkvale.experiments.task.Episode;
import io.arkvale.llama.Logits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Asks the questions of an episode in the two-phase protocol (paper, section 6.3): the context is prefilled once for all
 * runs, each question comes token by token, then the answer is decoded greedily and stays in the text.
 */
public final class Examiner {
    private final Lab bench;

    /** Examines on the bench's model. */
    public Examiner(Lab bench) {
        this.bench = bench;
    }

    /** The answers of each run. */
    public List<Answers> examine(Episode episode, List<RunSpec> runs) {
        var more = episode.questions().stream()
                .mapToInt(question -> bench.moreTokens(question.text()).length + answerTokens(question))
                .sum();
        var context =
                bench.prefill(bench.tokens(episode.context()), runs.stream().anyMatch(RunSpec::readsAllRows));
        try (var session = new Session(bench, context, runs, more)) {
            var texts = new ArrayList<List<String>>();
            runs.forEach(run -> texts.add(new ArrayList<>()));
            var scores = new ArrayList<List<Double>>();
            runs.forEach(run -> scores.add(new ArrayList<>()));
            int[][] spoken = new int[runs.size()][0];
            for (var question : episode.questions()) {
                spoken = ask(session, spoken, question);
                for (int run = 0; run < runs.size(); run++) {
                    var text = bench.text(spoken[run]);
                    texts.get(run).add(text);
                    scores.get(run).add(question.score(text));
                }
            }
            var usage = session.usage();
            var fidelity = session.fidelity();
            return IntStream.range(0, runs.size())
                    .mapToObj(run -> new Answers(
                            List.copyOf(texts.get(run)),
                            List.copyOf(scores.get(run)),
                            usage.get(run),
                            fidelity.get(run)))
                    .toList();
        }
    }

    /**
     * Asks one question.
     *
     * @param spoken tokens of the previous answer whose last one has not been fed yet; one array a run
     * @return the tokens of the answer, one array a run
     */
    private int[][] ask(Session session, int[][] spoken, Episode.Question question) {
        if (spoken[0].length > 0) {
            session.decode(Arrays.stream(spoken)
                    .mapToInt(tokens -> tokens[tokens.length - 1])
                    .toArray());
        }
        var logits = new float[0][];
        for (int token : bench.moreTokens(question.text())) {
            var same = new int[spoken.length];
            Arrays.fill(same, token);
            logits = session.decode(same);
        }
        var length = answerTokens(question);
        var answers = new int[spoken.length][length];
        for (int i = 0; i < length; i++) {
            var next = Arrays.stream(logits)
                    .mapToInt(row -> Logits.argmax(row, 0, row.length))
                    .toArray();
            for (int run = 0; run < next.length; run++) {
                answers[run][i] = next[run];
            }
            if (i < length - 1) {
                logits = session.decode(next);
            }
        }
        return answers;
    }

    /** Tokens that are decoded for an answer. */
    int answerTokens(Episode.Question question) {
        return question.tokens() > 0 ? question.tokens() : bench.moreTokens(question.answer()).length;
    }
}
