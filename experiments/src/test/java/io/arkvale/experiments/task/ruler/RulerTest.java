package io.arkvale.experiments.task.ruler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.task.Episode;
import io.arkvale.experiments.task.Episode.Question;
import io.arkvale.experiments.task.Passkey;
import io.arkvale.experiments.task.Scoring;
import io.arkvale.experiments.task.Task;
import io.arkvale.experiments.task.ruler.Niah.Haystack;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RulerTest {
    private static final Pattern FACT = Pattern.compile("One of the special magic numbers for (\\S+) is: (\\d{7})\\.");

    @ParameterizedTest
    @EnumSource(Haystack.class)
    void everyValueOfTheKeysAskedForIsInTheHaystack(Haystack haystack) {
        var episode = first(new Niah(haystack, 4, 2, 3), 4000);
        var facts = FACT.matcher(episode.context()).results().toList();
        if (haystack == Haystack.NEEDLES) {
            assertThat(facts).hasSizeBetween(60, 70);
        } else {
            assertThat(facts).hasSize(8);
        }
        var question = episode.questions().getFirst();
        assertThat(question.references()).hasSize(6).doesNotHaveDuplicates();
        var asked = facts.stream()
                .filter(fact -> question.references().contains(fact.group(2)))
                .map(fact -> fact.group(1))
                .distinct()
                .toList();
        assertThat(asked)
                .hasSize(3)
                .allSatisfy(key -> assertThat(question.text()).contains(key));
        assertThat(question.text()).matches("(?s).* for \\S+, \\S+, and \\S+ mentioned in .* are");
        assertThat((double) episode.context().length()).isBetween(3500.0, 5000.0);
    }

    @Test
    void oneValueIsAskedForInTheSingular() {
        var episode = first(new Niah(Haystack.NOISE, 1, 1, 1), 1000);
        var key = FACT.matcher(episode.context())
                .results()
                .map(fact -> fact.group(1))
                .findFirst()
                .orElseThrow();
        assertThat(episode.questions().getFirst().text())
                .isEqualTo("\nWhat is the special magic number for " + key + " mentioned in the provided text?"
                        + " The special magic number for " + key + " mentioned in the provided text is");
    }

    @Test
    void chainsOfAssignmentsKeepTheirOrder() {
        var episode = first(new VariableTracking(3, 4), 3000);
        var question = episode.questions().getFirst();
        var names = question.references();
        assertThat(names).hasSize(5).doesNotHaveDuplicates();
        var value = question.text().replaceAll("(?s).*assigned the value (\\d{5}) in.*", "$1");
        var at = episode.context().indexOf("\nVAR " + names.getFirst() + " = " + value + "\n");
        assertThat(at).isPositive();
        for (int i = 1; i < 5; i++) {
            var next = episode.context().indexOf("\nVAR " + names.get(i) + " = VAR " + names.get(i - 1) + "\n");
            assertThat(next).isGreaterThan(at);
            at = next;
        }
        var lines = Pattern.compile("VAR [A-Z]{5} = (VAR [A-Z]{5}|\\d{5})\n");
        assertThat(lines.matcher(episode.context()).results()).hasSize(15);
    }

    @Test
    void commonWordsAreThoseThatStandMostOften() {
        for (int length : new int[] {500, 8000}) {
            var episode = first(new CommonWords(), length);
            var counts = counts(episode.context(), "\\d+\\. (\\S+)");
            var references = episode.questions().getFirst().references();
            assertThat(references).hasSize(10);
            var least = references.stream().mapToLong(counts::get).min().orElseThrow();
            var others = counts.entrySet().stream().filter(entry -> !references.contains(entry.getKey()));
            assertThat(others)
                    .isNotEmpty()
                    .allSatisfy(entry -> assertThat(entry.getValue()).isLessThan(least));
        }
    }

    @Test
    void frequentWordsAreTheThreeAfterTheDots() {
        var episode = first(new FrequentWords(), 8000);
        var text = episode.context().substring(episode.context().indexOf("coded words. ") + 13);
        var counts = counts(text, "(\\S+)");
        var ordered = counts.entrySet().stream()
                .sorted((a, b) -> Long.compare(b.getValue(), a.getValue()))
                .toList();
        assertThat(ordered.getFirst().getKey()).isEqualTo("....");
        assertThat(ordered.subList(1, 4).stream().map(entry -> entry.getKey()))
                .isEqualTo(episode.questions().getFirst().references());
        assertThat(ordered.get(3).getValue()).isGreaterThan(ordered.get(4).getValue());
    }

    @Test
    void theScoreIsTheShareFoundIgnoringCase() {
        var question = new Question("?", List.of("ABCDE", "12", "xyz"), 9, Scoring.SHARE_FOUND);
        assertThat(question.score(" abcde and XYZ")).isCloseTo(2 / 3.0, within(1e-9));
        assertThat(question.score("AB CDE")).isZero();
    }

    /** Longer lists once ended where the words did, in silence. */
    @Test
    void commonWordsAreNoLongerThanTheirVocabulary() {
        // 566 seldom words three times and ten common ones thirty times are 1,998 entries of 20 characters, and a rest.
        var longest = first(new CommonWords(), 40_019);
        assertThat(counts(longest.context(), "\\d+\\. (\\S+)")).hasSize(576);
        assertThatThrownBy(() -> first(new CommonWords(), 40_020))
                .isInstanceOf(UserException.class)
                .hasMessage("a list of common words has 40020 characters; allowed: at most 40019, since there are 576"
                        + " different words and each may stand 3 times at most");
    }

    @Test
    void everyTaskOfRulerSaysThatItCountsAShare() {
        for (var task : List.of(
                new Niah(Haystack.NOISE, 1, 1, 1),
                new VariableTracking(1, 1),
                new CommonWords(),
                new FrequentWords())) {
            assertThat(task.measure()).isEqualTo("share of references found");
        }
        assertThat(new Passkey().measure()).isEqualTo("right answers");
    }

    private static Episode first(Task task, int length) {
        var episodes = task.episodes(length, 2, new SplittableRandom(7));
        assertThat(episodes).hasSize(2).doesNotHaveDuplicates();
        assertThat(task.episodes(length, 2, new SplittableRandom(7))).isEqualTo(episodes);
        return episodes.getFirst();
    }

    private static Map<String, Long> counts(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult match) -> match.group(1))
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }
}
