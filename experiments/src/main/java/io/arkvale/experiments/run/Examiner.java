package io.arkvale.experiments.run;

import io.arkvale.experiments.plan.Protocol;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.result.Fidelity;
import io.arkvale.experiments.result.Usage;
import io.arkvale.experiments.task.Episode;
import io.arkvale.experiments.task.Episode.Question;
import io.arkvale.llama.Logits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Asks the questions of an episode. A context is prefilled once for all runs; then each question comes token by token, and
 * the answer is decoded greedily and stays in the text (the two phases of the paper's section 6.3).
 */
final class Examiner {
    private final Lab lab;
    private final Protocol protocol;

    Examiner(Lab lab, Protocol protocol) {
        this.lab = lab;
        this.protocol = protocol;
    }

    /**
     * What one prefill serves.
     *
     * @param context the tokens that are prefilled
     * @param asked the tokens of each question that are fed one by one
     * @param questions the questions
     * @param first the number of the first one in its episode
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Sitting(int[] context, List<int[]> asked, List<Question> questions, int first) {
        int tokens(Examiner examiner) {
            return context.length
                    + IntStream.range(0, asked.size())
                            .map(i -> asked.get(i).length + examiner.answerTokens(questions.get(i)))
                            .sum();
        }
    }

    /**
     * What one run said and used in a sitting.
     *
     * @param texts the continuation of each question
     * @param usage what it used
     * @param fidelity how near it came to full attention
     */
    record Answers(List<String> texts, Usage usage, Fidelity fidelity) {}

    /** The sittings of an episode under the protocol. */
    List<Sitting> sittings(Episode episode) {
        var context = lab.tokens(episode.context());
        var questions = episode.questions();
        var asked = questions.stream()
                .map(question -> lab.moreTokens(question.text()))
                .toList();
        if (protocol == Protocol.QUESTION_AFTER) {
            return List.of(new Sitting(context, asked, questions, 0));
        }
        // A run begins with a token to be decoded: the question's last one.
        return IntStream.range(0, questions.size())
                .mapToObj(i -> {
                    var all = IntStream.concat(Arrays.stream(context), Arrays.stream(asked.get(i)))
                            .toArray();
                    var last = all.length - 1;
                    return new Sitting(
                            Arrays.copyOf(all, last),
                            List.of(Arrays.copyOfRange(all, last, all.length)),
                            List.of(questions.get(i)),
                            i);
                })
                .toList();
    }

    /** The answers of each run. */
    List<Answers> examine(Sitting sitting, List<RunSpec> runs) {
        var more = sitting.tokens(this) - sitting.context().length;
        var context = lab.prefill(sitting.context(), runs.stream().anyMatch(RunSpec::readsAllRows));
        try (var session = new Session(lab, context, runs, more)) {
            var texts = Stream.generate(() -> new ArrayList<String>())
                    .limit(runs.size())
                    .toList();
            int[][] spoken = new int[runs.size()][0];
            for (int i = 0; i < sitting.questions().size(); i++) {
                var length = answerTokens(sitting.questions().get(i));
                spoken = ask(session, spoken, sitting.asked().get(i), length);
                for (int run = 0; run < runs.size(); run++) {
                    texts.get(run).add(lab.text(spoken[run]));
                }
            }
            var usage = session.usage();
            var fidelity = session.fidelity();
            return IntStream.range(0, runs.size())
                    .mapToObj(run -> new Answers(List.copyOf(texts.get(run)), usage.get(run), fidelity.get(run)))
                    .toList();
        }
    }

    /**
     * Asks one question.
     *
     * @param spoken tokens of the previous answer whose last one has not been fed yet; one array per run
     * @return the tokens of the answer, one array per run
     */
    private static int[][] ask(Session session, int[][] spoken, int[] question, int length) {
        if (spoken[0].length > 0) {
            session.decode(Arrays.stream(spoken)
                    .mapToInt(tokens -> tokens[tokens.length - 1])
                    .toArray());
        }
        var logits = new float[0][];
        for (int token : question) {
            logits = session.decode(token);
        }
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
    int answerTokens(Question question) {
        return question.tokens() > 0 ? question.tokens() : lab.moreTokens(question.answer()).length;
    }
}
