package io.arkvale.experiments.task.longbench;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.input.StrictJson;
import io.arkvale.experiments.task.Episode;
import io.arkvale.experiments.task.Episode.Question;
import io.arkvale.experiments.task.Task;
import io.arkvale.experiments.task.TextTokens;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A file of LongBench's own lines (Bai et al., 2024), which a user brings: JSON objects with {@code input},
 * {@code context}, {@code answers} and {@code dataset}, and {@code all_classes} where one of several classes is asked for.
 * What the dataset's prompt says before the context and the context are prefilled; what it says after comes token by token.
 *
 * <p>The length is that of the whole prompt in the model's tokens. Of a longer prompt the first and the last half of so
 * many tokens are kept, as in LongBench's {@code pred.py}. Deviations: tokens that a tokenizer puts before a text are not
 * counted; a character that a cut falls into is left out, or is what the tokenizer makes of it; a prompt whose question does not fit into the last half is refused; no chat template is put around prompts; an answer is
 * decoded to its full length, where LongBench stops at the model's end token and, for samsum, at the first line's end.
 */
public final class LongBench implements Task {
    private static final String WHAT = "LongBench file";

    private record Line(int number, String before, String context, String after, Question question) {}

    private final Path file;
    private final List<Line> lines;
    private final Prompts prompts;

    private LongBench(Path file, List<Line> lines, Prompts prompts) {
        this.file = file;
        this.lines = lines;
        this.prompts = prompts;
    }

    /**
     * Reads a file, with prompts and answers' lengths of this program's own.
     *
     * @throws UserException naming the line that is not of LongBench's form
     */
    public static LongBench parse(Path file, byte[] content) {
        return parse(file, content, null, new byte[0], null, new byte[0]);
    }

    /**
     * Reads a file, with LongBench's prompts and answers' lengths.
     *
     * @param prompts LongBench's {@code dataset2prompt.json}, or null for this program's own wording
     * @param lengths LongBench's {@code dataset2maxlen.json}, or null for this program's own lengths
     * @throws UserException naming the file or line that is not of LongBench's form
     */
    public static LongBench parse(
            Path file,
            byte[] content,
            @Nullable Path prompts,
            byte[] promptsContent,
            @Nullable Path lengths,
            byte[] lengthsContent) {
        var asked = Prompts.of(prompts, promptsContent, lengths, lengthsContent);
        var lines = new ArrayList<Line>();
        var number = 0;
        for (var text : StrictJson.text(WHAT + " " + file, content).lines().toList()) {
            number++;
            if (!text.isBlank()) {
                try {
                    lines.add(line(number, StrictJson.MAPPER.readTree(text), asked));
                } catch (JacksonException e) {
                    throw noLine(number, file, StrictJson.reason(e), e);
                } catch (IllegalArgumentException e) {
                    throw noLine(number, file, e.getMessage(), e);
                }
            }
        }
        if (lines.isEmpty()) {
            throw new UserException("file " + file + " has no lines");
        }
        return new LongBench(file, List.copyOf(lines), asked);
    }

    private static UserException noLine(int number, Path file, @Nullable String reason, RuntimeException cause) {
        return new UserException("line " + number + " of " + file + " is no line of LongBench: " + reason, cause);
    }

    private static Line line(int number, JsonNode line, Prompts prompts) {
        var name = word(line, "dataset");
        var dataset = Dataset.named(name);
        var answers = words(line, "answers");
        answers.forEach(dataset::check);
        var classes = dataset.needsClasses() ? words(line, "all_classes") : List.<String>of();
        var template = prompts.template(name);
        var input = word(line, "input");
        var at = template.indexOf(Prompts.CONTEXT);
        var after = template.substring(at + Prompts.CONTEXT.length()).replace(Prompts.INPUT, input);
        return new Line(
                number,
                template.substring(0, at).replace(Prompts.INPUT, input),
                word(line, "context"),
                after,
                new Question(after, answers, prompts.answerTokens(name), dataset.scoring(classes)));
    }

    private static String word(JsonNode line, String field) {
        if (!line.path(field).isString()) {
            throw new IllegalArgumentException("'" + field + "' is missing or no text");
        }
        return line.path(field).asString();
    }

    /** Texts, at least one and none of them empty. */
    private static List<String> words(JsonNode line, String field) {
        var array = line.path(field);
        if (!array.isArray() || array.isEmpty()) {
            throw new IllegalArgumentException("'" + field + "' is missing or empty");
        }
        var words = new ArrayList<String>();
        for (var element : array) {
            if (!element.isString() || element.asString().isBlank()) {
                throw new IllegalArgumentException("'" + field + "' has an element that is empty or no text");
            }
            words.add(element.asString());
        }
        return words;
    }

    @Override
    public String name() {
        return "longbench";
    }

    @Override
    public String measure() {
        return "LongBench's measures, " + prompts.wording();
    }

    /** Lines of the file. */
    public int size() {
        return lines.size();
    }

    /** With one token per byte. */
    @Override
    public List<Episode> episodes(int length, int samples, RandomGenerator random) {
        return episodes(length, samples, random, TextTokens.BYTES);
    }

    /**
     * The first lines, at most {@code samples}; nothing is random.
     *
     * @param length most tokens of a prompt, at least 2
     */
    @Override
    public List<Episode> episodes(int length, int samples, RandomGenerator random, TextTokens tokens) {
        return lines.stream()
                .limit(samples)
                .map(line -> new Episode(context(line, length, tokens), List.of(line.question())))
                .toList();
    }

    /** What comes before the question, its middle left out if the prompt is too long. */
    private String context(Line line, int length, TextTokens tokens) {
        var whole = line.before() + line.context();
        var prompt = tokens.encode(whole + line.after());
        if (prompt.length <= length) {
            return whole;
        }
        var half = length / 2;
        var first = beginning(tokens.decode(Arrays.copyOf(prompt, half)));
        var last = end(tokens.decode(Arrays.copyOfRange(prompt, prompt.length - half, prompt.length)));
        if (!last.endsWith(line.after())) {
            throw new UserException("line " + line.number() + " of " + file + ": the question of "
                    + tokens.encode(line.after()).length + " tokens does not fit into half of the " + length
                    + " tokens that a prompt may have");
        }
        return first + last.substring(0, last.length() - line.after().length());
    }

    /** The whole characters of bytes that may end inside one. */
    private static String beginning(byte[] bytes) {
        int start = bytes.length;
        while (start > 0 && isContinuation(bytes[start - 1])) {
            start--;
        }
        // What stands before the continuations is the first byte of the last character, which tells its length.
        var whole = start == 0 || start - 1 + length(bytes[start - 1]) <= bytes.length;
        return new String(bytes, 0, whole ? bytes.length : start - 1, StandardCharsets.UTF_8);
    }

    /** The whole characters of bytes that may begin inside one. */
    private static String end(byte[] bytes) {
        int start = 0;
        while (start < bytes.length && isContinuation(bytes[start])) {
            start++;
        }
        return new String(bytes, start, bytes.length - start, StandardCharsets.UTF_8);
    }

    private static boolean isContinuation(byte b) {
        return (b & 0xc0) == 0x80;
    }

    private static int length(byte first) {
        return first >= 0 ? 1 : Math.max(1, Integer.numberOfLeadingZeros(~(first << 24)));
    }
}
