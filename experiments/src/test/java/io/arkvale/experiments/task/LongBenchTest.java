package io.arkvale.experiments.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.experiments.UserException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LongBenchTest {
    private static final String LINES = """
            {"input": "Who?", "context": "0123456789", "answers": ["The Cat", "dog"], "length": 3, "dataset": "hotpotqa"}

            {"input": "abc", "context": "p", "answers": ["Paragraph 7"], "dataset": "passage_retrieval_en_e"}
            """;

    @Test
    void aLineBecomesItsDatasetsPrompt() {
        var episodes = parse(LINES).episodes(6, 20, new SplittableRandom(1));
        assertThat(episodes).hasSize(2);
        var first = episodes.getFirst();
        assertThat(first.context()).endsWith("The following are given passages.\n012789"); // the middle is left out
        var question = first.questions().getFirst();
        assertThat(question.text()).endsWith("\n\nQuestion: Who?\nAnswer:");
        assertThat(question.tokens()).isEqualTo(32);
        assertThat(question.score(" a cat.")).isEqualTo(1);
        assertThat(question.score("dog")).isEqualTo(1);
        assertThat(episodes.get(1).questions().getFirst().text()).contains("\n\nabc\n\nPlease enter the number");
        assertThat(episodes.get(1).questions().getFirst().score("Paragraph 7 or 8"))
                .isEqualTo(0.5);
        assertThat(parse(LINES).episodes(6, 1, new SplittableRandom(1))).hasSize(1);
    }

    @Test
    void wordsInCommonCountAsOftenAsBothHaveThem() {
        // Said: big cat cat cat; known: cat cat sat down. Two in common of 4 and 4.
        assertThat(Scoring.WORD_F1.score("The big cat, CAT cat!", List.of("x", "cat cat sat down")))
                .isCloseTo(0.5, within(1e-9));
        assertThat(Scoring.WORD_F1.score("", List.of("cat"))).isZero();
    }

    @Test
    void rougeLKeepsTheOrder() {
        // The longest common subsequence of "a b c d" and "b a c e d" is a c d or b c d.
        assertThat(Scoring.ROUGE_L.score("a b c d", List.of("b a c e d"))).isCloseTo(6 / 9.0, within(1e-9));
        assertThat(Scoring.ROUGE_L.score("x", List.of("y"))).isZero();
    }

    @Test
    void numbersAreSharesOfAllNumbersSaid() {
        assertThat(Scoring.NUMBERS.score("12, 7 and 7", List.of("Paragraph 7"))).isCloseTo(2 / 3.0, within(1e-9));
        assertThat(Scoring.NUMBERS.score("none", List.of("7"))).isZero();
        assertThat(Scoring.CONTAINS.score(" Type: Other Number", List.of("other number")))
                .isEqualTo(1);
        assertThat(Scoring.CONTAINS.score("other", List.of("other number"))).isZero();
    }

    @Test
    void aLineThatIsNoneIsNamed() {
        assertThatThrownBy(() -> parse(LINES + "{\"context\": "))
                .isInstanceOf(UserException.class)
                .hasMessageStartingWith("line 4 of lines.jsonl is no line of LongBench: ");
        assertThatThrownBy(() -> parse("{\"dataset\": \"lcc\"}"))
                .hasMessageContaining("'lcc' is unknown; known: [2wiki");
        assertThatThrownBy(() -> parse("{\"dataset\": \"trec\", \"context\": \"\", \"answers\": [\"a\"]}"))
                .hasMessageContaining("'input' is missing");
        assertThatThrownBy(() -> parse("{\"dataset\": \"trec\"}")).hasMessageContaining("'answers' is missing");
        assertThatThrownBy(() -> parse("\n")).hasMessage("file lines.jsonl has no lines");
    }

    private static LongBench parse(String lines) {
        return LongBench.parse(Path.of("lines.jsonl"), lines.getBytes(StandardCharsets.UTF_8));
    }
}
