package io.arkvale.experiments.task.longbench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** LongBench's measures by hand, from the definitions of the packages that it uses. */
class MeasuresOfLongBenchTest {
    private static void rouge(String said, String answer, double expected) {
        // The package adds 1e-8 to a denominator of at least 1/50 here.
        assertThat(new RougeL().score(said, answer, List.of()))
                .as("%s / %s", said, answer)
                .isCloseTo(expected, within(1e-6));
    }

    @Test
    void rougeCountsDistinctWordsOfTheLongestCommonSubsequence() {
        // Common the cat the .. the cow the ..: distinct the, cat, cow. Both have 5 distinct words: 3/5 and 3/5.
        rouge("the cat the dog the cow the pig", "the cat the hen the cow the rat", 0.60);
        // One distinct word of one said, one of two: precision 1, recall 1/2.
        rouge("a a a a", "a b", 2 / 3.0);
        // b or a, then c, then d: 3 of 4 and 3 of 5.
        rouge("a b c d", "b a c e d", 2 * (0.75 * 0.6) / (0.75 + 0.6));
        // One word keeps its order: 1/3 and 1/3.
        rouge("a b c", "c b a", 1 / 3.0);
        // Letters and punctuation count as they are.
        rouge("Cat,", "cat", 0);
    }

    @Test
    void rougeComparesSentenceWithSentence() {
        // Each sentence finds itself.
        rouge("a b c. d e f", "d e f. a b c", 1);
        // The answer's sentences are found in the one said, whatever their order there.
        rouge("b a", "a. b", 1);
        // Lin's example: w1 w2 of the one sentence and w1 w3 w5 of the other, 4 of the answer's 5 and of 8 said.
        rouge("w1 w2 w6 w7 w8. w1 w3 w8 w9 w5", "w1 w2 w3 w4 w5", 2 * (0.5 * 0.8) / (0.5 + 0.8));
        // Two answers' sentences share the word the: distinct the cat ran hid of said the cat ran, 3 common of 4 and 3.
        rouge("the cat ran", "the cat. the ran hid", 2 * (1 * 0.75) / (1 + 0.75));
    }

    @Test
    void rougeTakesABlankSentenceForAnEmptyWord() {
        // Said a, b and the empty word after the full stop: 2 of 3, and 2 of 2.
        rouge("a b. ", "a b", 0.8);
        rouge("a b. ", "a b.\n", 1);
        // Without the blank there is no sentence after the full stop.
        rouge("a b.", "a b", 1);
        rouge("...", "a", 0);
        rouge("", "a", 0);
    }

    @Test
    void wordsInCommonCountAsOftenAsBothHaveThem() {
        // big cat cat cat and cat cat sat down: 2 common of 4 and of 4.
        words("The big cat, CAT cat!", "cat cat sat down", 0.5);
        words("", "cat", 0);
        words("the", "a", 0);
        // A dash that is not ASCII stays and ends the article: –b; a hyphen goes and leaves one word.
        words("a–b", "–b", 1);
        words("a-b", "ab", 1);
        // A number of any kind is inside a word.
        words("a²", "a²", 1);
        // Python's white space: a no-break space and a separator part words.
        words("cat\u00a0dog\u001fcow", "cow dog cat", 1);
    }

    private static void words(String said, String answer, double expected) {
        assertThat(new WordF1().score(said, answer, List.of())).as(said).isCloseTo(expected, within(1e-9));
    }

    @Test
    void aClassIsWorthOneOverTheClassesNamed() {
        var classes = List.of("number", "Other number", "date");
        classes("Date or Other number", "Other number", classes, 1); // "Date" is not "date"; "number" is a part
        classes("date, Other number", "Other number", classes, 0.5);
        classes("other number", "Other number", classes, 0);
        classes("date", "Other number", classes, 0);
        // LongBench's loop passes over the name that follows one that goes.
        classes("Other number", "Other number", List.of("num", "number", "Other number"), 0.5);
    }

    private static void classes(String said, String answer, List<String> classes, double expected) {
        assertThat(new ClassNames().score(said, answer, classes)).as(said).isEqualTo(expected);
    }

    @Test
    void numbersAreSharesOfAllNumbersSaid() {
        assertThat(Numbers.PARAGRAPH.score("12, 7 and 7", "Paragraph 7", List.of()))
                .isCloseTo(2 / 3.0, within(1e-9));
        assertThat(Numbers.PARAGRAPH.score("none", "Paragraph 7", List.of())).isZero();
        assertThat(Numbers.PARAGRAPH_IN_CHINESE.score("段落7", "段落7", List.of())).isEqualTo(1);
        assertThat(Numbers.COUNT.score("7 or 8", "7", List.of())).isEqualTo(0.5);
        assertThat(Numbers.COUNT.score("7", "07", List.of())).isZero();
    }

    @Test
    void codeIsAsAlikeAsItsMatchingBlocks() {
        assertThat(CodeSimilarity.ratio("abcd", "bcde")).isEqualTo(75); // bcd: 2 · 3 / 8
        // The first longest block is the t, behind which b has nothing; of diet it is the d, then the e.
        assertThat(CodeSimilarity.ratio("tide", "diet")).isEqualTo(25);
        assertThat(CodeSimilarity.ratio("diet", "tide")).isEqualTo(50);
        assertThat(CodeSimilarity.ratio("abcdefgh", "stuvwxyh")).isEqualTo(12); // 12.5, to the even number
        assertThat(CodeSimilarity.ratio("", "")).isEqualTo(100);
        assertThat(CodeSimilarity.ratio("", "a")).isZero();
        // An emoji is one character.
        assertThat(CodeSimilarity.ratio("a😀", "b😀")).isEqualTo(50);
        // In a long text a frequent character is not looked for: of x and y there, y is found, and the x before it.
        assertThat(CodeSimilarity.ratio("x".repeat(99) + "y", "x".repeat(200) + "y"))
                .isEqualTo(66); // 2 · 100 / 301
        // It still makes a block longer that begins where both parts begin.
        assertThat(CodeSimilarity.ratio("x".repeat(99), "x".repeat(200) + "y")).isEqualTo(66); // 2 · 99 / 300
        assertThat(CodeSimilarity.ratio("zx", "x".repeat(200) + "y")).isZero();
    }

    @Test
    void theFirstLineOfCodeCounts() {
        var measure = new CodeSimilarity();
        assertThat(measure.score("\n\n```python\n# why\nx // y\nreturn x\nmore", "return x", List.of()))
                .isEqualTo(1);
        assertThat(measure.score("# nothing", "return x", List.of())).isZero();
    }
}
