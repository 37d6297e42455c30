package io.arkvale.experiments.task.longbench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.task.Episode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LongBenchTest {
    private static final Path FILE = Path.of("lines.jsonl");
    private static final Path PROMPTS = Path.of("prompts.json");
    private static final Path LENGTHS = Path.of("lengths.json");
    private static final String LINES = """
            {"input": "Who?", "context": "0123456789", "answers": ["The Cat", "dog"], "length": 3, "dataset": "hotpotqa"}

            {"input": "abc", "context": "p", "answers": ["Paragraph 7"], "dataset": "passage_retrieval_en_e"}
            """;

    @Test
    void aLineIsAskedInThisProgramsWordsAndSaysSo() {
        var task = parse(LINES);
        assertThat(task.measure()).isEqualTo("LongBench's measures, prompts of this program's own wording");
        var episodes = task.episodes(1000, 20, new SplittableRandom(1));
        assertThat(episodes).hasSize(2);
        var first = episodes.getFirst();
        assertThat(first.context()).isEqualTo("Here are some texts.\n\n0123456789");
        var question = first.questions().getFirst();
        assertThat(question.text()).endsWith("\nQuestion: Who?\nAnswer:");
        assertThat(question.tokens()).isEqualTo(32);
        assertThat(question.score(" a cat.")).isEqualTo(1);
        assertThat(question.score("dog")).isEqualTo(1);
        assertThat(episodes.get(1).questions().getFirst().score("Paragraph 7 or 8"))
                .isEqualTo(0.5);
        assertThat(task.episodes(1000, 1, new SplittableRandom(1))).hasSize(1);
    }

    @Test
    void aLineIsAskedInLongBenchsWordsIfTheyAreBrought() {
        var prompts =
                "{\"hotpotqa\": \"Read {context} of {input}. {input}?\", \"passage_retrieval_en\": \"{context}\"}";
        var task = parse(LINES, prompts, "{\"hotpotqa\": 7, \"passage_retrieval_en\": 9}");
        assertThat(task.measure()).isEqualTo("LongBench's measures, LongBench's prompts");
        var episodes = task.episodes(1000, 2, new SplittableRandom(1));
        assertThat(episodes.getFirst().context()).isEqualTo("Read 0123456789");
        assertThat(episodes.getFirst().questions().getFirst().text()).isEqualTo(" of Who?. Who??");
        assertThat(episodes.getFirst().questions().getFirst().tokens()).isEqualTo(7);
        assertThat(episodes.get(1).questions().getFirst().tokens()).isEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"hotpotqa": "none"}                        | {"a": 1} | the prompt of 'hotpotqa' must have {context} once
            {"hotpotqa": "{context} {context}"}         | {"a": 1} | must have {context} once
            {"hotpotqa": "{context} {length}"}          | {"a": 1} | as the only other word in braces
            {"hotpotqa": 7}                             | {"a": 1} | 'hotpotqa' is no text
            {"a": "{context}", "a": "{context}"}        | {"a": 1} | prompts file prompts.json is not of LongBench's form: Dup
            []                                          | {"a": 1} | it is no JSON object
            {"a": "{context}"}                          | {"a": 1} | line 1 of lines.jsonl is no line of LongBench: there is no prompt for dataset 'hotpotqa'
            {"hotpotqa": "{context}"}                   | {"a": 1} | there is no answer's length for dataset 'hotpotqa'
            {"hotpotqa": "{context}"}                   | {"a": 0} | 'a' is no whole number of tokens, at least 1
            {"hotpotqa": "{context}"}                   | {"a": "1"} | 'a' is no whole number of tokens
            """)
    void filesOfPromptsAndLengthsAreChecked(String prompts, String lengths, String sentence) {
        assertThatThrownBy(() -> parse(LINES, prompts, lengths))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(sentence);
    }

    private static String cut(String context, int length) {
        var line =
                "{\"input\": \"X\", \"context\": \"" + context + "\", \"answers\": [\"a\"], \"dataset\": \"hotpotqa\"}";
        var task = parse(line, "{\"hotpotqa\": \"{context}?{input}\"}", "{\"hotpotqa\": 1}");
        return task.episodes(length, 1, new SplittableRandom(1)).getFirst().context();
    }

    @Test
    void ofALongPromptTheFirstAndTheLastHalfAreKept() {
        // 0123456789?X are 12 tokens: 012 and 9?X, then 01 and ?X; an odd number is rounded down.
        assertThat(cut("0123456789", 12)).isEqualTo("0123456789");
        assertThat(cut("0123456789", 6)).isEqualTo("0129");
        assertThat(cut("0123456789", 7)).isEqualTo("0129");
        assertThat(cut("0123456789", 4)).isEqualTo("01");
        assertThatThrownBy(() -> cut("0123456789", 3))
                .hasMessage(
                        "line 1 of lines.jsonl: the question of 2 tokens does not fit into half of the 3 tokens that a"
                                + " prompt may have");
    }

    /** An odd length once cut a surrogate pair in two. */
    @Test
    void noCharacterIsCutInTwo() {
        // aa, two emojis of four bytes, bb?X: 14 tokens.
        for (int length = 4; length < 14; length++) {
            var context = cut("aa😀😀bb", length);
            assertThat(new String(context.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                    .isEqualTo(context);
            assertThat("aa😀😀bb").startsWith(context.replaceAll("b*$", ""));
        }
        assertThat(cut("aa😀😀bb", 8)).isEqualTo("aabb");
        assertThat(cut("aa😀😀bb", 12)).isEqualTo("aa😀bb");
    }

    @Test
    void ofSomeDatasetsTheFirstLineCountsAlone() {
        var classes = ", \"all_classes\": [\"Other number\", \"date\"]";
        assertThat(score("trec", "Other number", classes, "\n\nOther number\nType: date"))
                .isEqualTo(1);
        assertThat(score("lsht", "date", classes, "Other number\ndate")).isZero();
        assertThat(score("triviaqa", "cat", "", "\nthe cat\nQuestion: dog")).isEqualTo(1);
        assertThat(score("samsum", "a b", "", "a b\nDialogue: c")).isCloseTo(1, within(1e-6));
        assertThat(score("hotpotqa", "cat", "", "cat\ndog")).isLessThan(1);
        assertThat(score("lcc", "return x", "", "# so\nreturn x")).isEqualTo(1);
        assertThat(score("repobench-p_e", "return x", "", "return x\nreturn y")).isEqualTo(1);
        assertThat(score("passage_retrieval_zh", "段落3", "", "是段落3")).isEqualTo(1);
    }

    private static double score(String dataset, String answer, String more, String said) {
        var line = "{\"input\": \"i\", \"context\": \"c\", \"answers\": [\"" + answer + "\"]" + more
                + ", \"dataset\": \"" + dataset + "\"}";
        Episode episode = parse(line).episodes(1000, 1, new SplittableRandom(1)).getFirst();
        return episode.questions().getFirst().score(said);
    }

    @Test
    void aLineThatIsNoneIsNamed() {
        assertThatThrownBy(() -> parse(LINES + "{\"context\": "))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("line 4 of lines.jsonl is no line of LongBench: ");
        assertThatThrownBy(() -> parse("{\"dataset\": \"nolima\"}"))
                .hasMessageContaining("dataset 'nolima' is unknown; known: [2wiki");
        assertThatThrownBy(() -> parse("\n")).hasMessage("file lines.jsonl has no lines");
        assertThatThrownBy(() -> parse("{\"input\": \"a\", \"input\": \"b\"}"))
                .hasMessageContaining("line 1 of lines.jsonl is no line of LongBench: Duplicate")
                .hasMessageContaining("input");
        assertThatThrownBy(() -> parse("{} {}"))
                .hasMessageContaining("line 1 of lines.jsonl is no line of LongBench: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"multifieldqa_zh", "dureader", "vcsum"})
    void datasetsThatNeedAnotherPackagesWordsAreRefused(String dataset) {
        assertThatThrownBy(() -> parse("{\"dataset\": \"" + dataset + "\"}"))
                .hasMessageContaining("dataset '" + dataset + "' cannot be scored as LongBench does")
                .hasMessageContaining("jieba");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "answers": []                                        | 'answers' is missing or empty
            "answers": null                                      | 'answers' is missing or empty
            "answers": "a"                                       | 'answers' is missing or empty
            "x": 1                                               | 'answers' is missing or empty
            "answers": ["a", null]                               | 'answers' has an element that is empty or no text
            "answers": [""]                                      | 'answers' has an element that is empty or no text
            "answers": [7]                                       | 'answers' has an element that is empty or no text
            "answers": ["a"]                                     | 'all_classes' is missing or empty
            "answers": ["a"], "all_classes": null                | 'all_classes' is missing or empty
            "answers": ["a"], "all_classes": ["a"]               | 'input' is missing or no text
            "answers": ["a"], "all_classes": ["a"], "input": "i" | 'context' is missing or no text
            """)
    void whatIsMissingIsNamed(String fields, String sentence) {
        assertThatThrownBy(() -> parse("{\"dataset\": \"trec\", " + fields + "}"))
                .isInstanceOf(UserException.class)
                .hasMessage("line 1 of lines.jsonl is no line of LongBench: " + sentence);
    }

    @Test
    void anAnswerThatNamesNoParagraphIsRefused() {
        assertThatThrownBy(() -> parse("{\"dataset\": \"passage_retrieval_en\", \"answers\": [\"7\"]}"))
                .hasMessageContaining("the answer '7' names no paragraph");
    }

    @Test
    void bytesThatAreNotUtf8AreRefused() {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes("{}\n{\"a\": \"".getBytes(StandardCharsets.UTF_8));
        bytes.write(0xff);
        assertThatThrownBy(() -> LongBench.parse(FILE, bytes.toByteArray()))
                .isInstanceOf(UserException.class)
                .hasMessage("line 2 of lines.jsonl is not UTF-8: byte 10 of the file is in no character");
        assertThatThrownBy(() -> parse("\ufeff" + LINES))
                .hasMessage(
                        "LongBench file lines.jsonl begins with a byte order mark, the bytes EF BB BF; save it as UTF-8"
                                + " without one");
    }

    private static LongBench parse(String lines) {
        return LongBench.parse(FILE, lines.getBytes(StandardCharsets.UTF_8));
    }

    private static LongBench parse(String lines, String prompts, String lengths) {
        return LongBench.parse(
                FILE,
                lines.getBytes(StandardCharsets.UTF_8),
                PROMPTS,
                prompts.getBytes(StandardCharsets.UTF_8),
                LENGTHS,
                lengths.getBytes(StandardCharsets.UTF_8));
    }
}
