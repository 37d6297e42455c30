package io.arkvale.experiments.task;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.task.Episode.Question;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A file of LongBench's own lines (Bai et al., 2024), which a user brings: JSON objects with {@code input},
 * {@code context}, {@code answers} and {@code dataset}. The context is prefilled; what the dataset's prompt says after it
 * comes token by token. The length limits the context: of a longer one the middle is left out, as LongBench does.
 */
public final class LongBench implements Task {
    /** What a dataset asks: the text before the context, the text after it, how far to answer, how to score. */
    private record Form(String before, String after, int tokens, Scoring scoring) {}

    private static final String INPUT = "{input}";
    private static final String INSTRUCTION =
            "Answer the question based on the given passages. Only give me the answer and do not output any other words.";
    private static final Form QUESTION = new Form(
            INSTRUCTION + "\n\nThe following are given passages.\n",
            "\n\n" + INSTRUCTION + "\n\nQuestion: " + INPUT + "\nAnswer:",
            32,
            Scoring.WORD_F1);
    private static final Form SUMMARY = new Form(
            "Write a summary of the following text.\n\nText:\n",
            "\n\nNow, write a summary of the text.\n\nSummary:",
            512,
            Scoring.ROUGE_L);
    private static final Map<String, Form> FORMS = Map.ofEntries(
            Map.entry("hotpotqa", QUESTION),
            Map.entry("2wikimqa", QUESTION),
            Map.entry("musique", QUESTION),
            Map.entry(
                    "multifieldqa_en",
                    new Form(
                            "Read the following text and answer briefly.\n\n",
                            "\n\nNow, answer the following question based on the above text, only give me the answer and"
                                    + " do not output any other words.\n\nQuestion: " + INPUT + "\nAnswer:",
                            64,
                            Scoring.WORD_F1)),
            Map.entry(
                    "narrativeqa",
                    new Form(
                            "You are given a story, which can be either a novel or a movie script, and a question. Answer"
                                    + " the question asconcisely as you can, using a single phrase if possible. Do not"
                                    + " provide any explanation.\n\nStory: ",
                            "\n\nNow, answer the question based on the story asconcisely as you can, using a single phrase"
                                    + " if possible. Do not provide any explanation.\n\nQuestion: " + INPUT
                                    + "\n\nAnswer:",
                            128,
                            Scoring.WORD_F1)),
            Map.entry(
                    "qasper",
                    new Form(
                            "You are given a scientific article and a question. Answer the question as concisely as you"
                                    + " can, using a single phrase or sentence if possible.\n\nArticle: ",
                            "\n\nAnswer the question based on the above article as concisely as you can, using a single"
                                    + " phrase or sentence if possible.\n\nQuestion: " + INPUT + "\n\nAnswer:",
                            128,
                            Scoring.WORD_F1)),
            Map.entry(
                    "triviaqa",
                    new Form(
                            "Answer the question based on the given passage. Only give me the answer and do not output any"
                                    + " other words. The following are some examples.\n\n",
                            "\n\n" + INPUT,
                            32,
                            Scoring.WORD_F1)),
            Map.entry("gov_report", SUMMARY),
            Map.entry("multi_news", SUMMARY),
            Map.entry("qmsum", new Form("Transcript:\n", "\n\nQuery: " + INPUT + "\nAnswer:", 512, Scoring.ROUGE_L)),
            Map.entry(
                    "passage_retrieval_en",
                    new Form(
                            "Here are 30 paragraphs from Wikipedia, along with an abstract. Please determine which"
                                    + " paragraph the abstract is from.\n\n",
                            "\n\nThe following is an abstract.\n\n" + INPUT
                                    + "\n\nPlease enter the number of the paragraph that the abstract is from. The answer"
                                    + " format must be like \"Paragraph 1\", \"Paragraph 2\", etc.\n\nThe answer is:",
                            32,
                            Scoring.NUMBERS)),
            Map.entry(
                    "passage_count",
                    new Form(
                            "There are some paragraphs below sourced from Wikipedia. Some of them may be duplicates."
                                    + " Please determine how many unique paragraphs there are.\n\n",
                            "\n\nPlease enter the final count of unique paragraphs after removing duplicates. The final"
                                    + " answer is:",
                            32,
                            Scoring.NUMBERS)),
            Map.entry(
                    "trec",
                    new Form(
                            "Please determine the type of the question below. Here are some examples of questions.\n\n",
                            "\n" + INPUT,
                            64,
                            Scoring.CONTAINS)));

    private record Line(String context, Form form, String input, List<String> answers) {}

    private final List<Line> lines;

    private LongBench(List<Line> lines) {
        this.lines = lines;
    }

    /**
     * Reads a file.
     *
     * @throws UserException naming the line that is not of this form
     */
    public static LongBench parse(Path file, byte[] content) {
        var lines = new ArrayList<Line>();
        var json = new JsonMapper();
        var number = 0;
        for (var text : new String(content, StandardCharsets.UTF_8).lines().toList()) {
            number++;
            if (!text.isBlank()) {
                try {
                    lines.add(line(json.readTree(text)));
                } catch (JacksonException | IllegalArgumentException e) {
                    throw new UserException(
                            "line " + number + " of " + file + " is no line of LongBench: " + reason(e), e);
                }
            }
        }
        if (lines.isEmpty()) {
            throw new UserException("file " + file + " has no lines");
        }
        return new LongBench(List.copyOf(lines));
    }

    private static String reason(RuntimeException e) {
        return e instanceof JacksonException json ? json.getOriginalMessage() : String.valueOf(e.getMessage());
    }

    private static Line line(JsonNode line) {
        var dataset = word(line, "dataset");
        var form = FORMS.get(dataset.replaceAll("_e$", ""));
        if (form == null) {
            throw new IllegalArgumentException("dataset '" + dataset + "' is unknown; known: "
                    + FORMS.keySet().stream().sorted().toList());
        }
        var answers = line.path("answers").valueStream().map(JsonNode::asString).toList();
        if (answers.isEmpty()) {
            throw new IllegalArgumentException("'answers' is missing or empty");
        }
        return new Line(word(line, "context"), form, word(line, "input"), answers);
    }

    private static String word(JsonNode line, String field) {
        if (!line.path(field).isString()) {
            throw new IllegalArgumentException("'" + field + "' is missing or no text");
        }
        return line.path(field).asString();
    }

    @Override
    public String name() {
        return "longbench";
    }

    /** Lines of the file. */
    public int size() {
        return lines.size();
    }

    /** The first lines, at most {@code samples}; nothing is random. */
    @Override
    public List<Episode> episodes(int length, int samples, RandomGenerator random) {
        return lines.stream()
                .limit(samples)
                .map(line -> new Episode(
                        line.form().before() + withoutMiddle(line.context(), length),
                        List.of(new Question(
                                line.form().after().replace(INPUT, line.input()),
                                line.answers(),
                                line.form().tokens(),
                                line.form().scoring()))))
                .toList();
    }

    private static String withoutMiddle(String text, int length) {
        if (text.length() <= length) {
            return text;
        }
        var half = length / 2;
        return text.substring(0, half) + text.substring(text.length() - (length - half));
    }
}
