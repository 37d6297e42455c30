package io.arkvale.experiments.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class TasksTest {
    @Test
    void passkeyPromptIsThatOfTheReference() throws IOException {
        var episodes = new Passkey().episodes(2000, 20, new SplittableRandom(1));
        var sixth = episodes.get(6); // depth 0.3
        var question = sixth.questions().getFirst();
        var key = question.answer().strip();
        assertThat((sixth.context() + question.text()).replace(key, "15596"))
                .isEqualTo(resource("passkey-2000-30-15596.txt"));
    }

    @Test
    void passkeyHidesOneKeyADepth() {
        var episodes = new Passkey().episodes(1000, 4, new SplittableRandom(3));
        for (int i = 0; i < 4; i++) {
            var context = episodes.get(i).context();
            var key = episodes.get(i).questions().getFirst().answer().strip();
            assertThat(Integer.parseInt(key)).isBetween(1, 49_999);
            assertThat(context).containsOnlyOnce("The pass key is " + key);
            assertThat(context.indexOf("The pass key") - context.indexOf('\n') - 2)
                    .isEqualTo(250 * i);
        }
    }

    @Test
    void sameSeedSameKeysOtherSeedOtherKeys() {
        var task = new Passkey();
        assertThat(task.episodes(100, 5, new SplittableRandom(1)))
                .isEqualTo(task.episodes(100, 5, new SplittableRandom(1)))
                .isNotEqualTo(task.episodes(100, 5, new SplittableRandom(2)));
    }

    @Test
    void needlesAskForDifferentKeysThatAreInTheText() {
        var episode =
                new Needles(16, 6).episodes(3000, 1, new SplittableRandom(5)).getFirst();
        assertThat(episode.questions()).hasSize(6).doesNotHaveDuplicates();
        var facts = Pattern.compile("One of the special magic numbers for ([a-z]+-[a-z]+) is: (\\d{7})\\. ");
        assertThat(facts.matcher(episode.context()).results()).hasSize(16);
        for (var question : episode.questions()) {
            var key = question.text()
                    .replaceAll(".* special magic number for (.*) mentioned .*", "$1")
                    .strip();
            assertThat(episode.context()).contains("numbers for " + key + " is:" + question.answer() + ".");
        }
    }

    @Test
    void heldOutTextIsShipped() {
        assertThat(HeldOutText.bytes()).hasSize(16_384);
    }

    private static String resource(String name) throws IOException {
        try (var stream = TasksTest.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
