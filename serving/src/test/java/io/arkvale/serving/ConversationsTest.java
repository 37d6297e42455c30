package io.arkvale.serving;

import static io.arkvale.serving.Serving.LAYERS;
import static io.arkvale.serving.Serving.PAGE;
import static io.arkvale.serving.Serving.budget;
import static io.arkvale.serving.Serving.shape;
import static io.arkvale.serving.Serving.submit;
import static io.arkvale.serving.Serving.words;
import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.serving.EngineOptions.Residence;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Conversations over one document: it is read once, none of its pages is held or backed up twice, a fork takes no time to
 * speak of, and each answer is the one that the conversation gets alone. {@code -Darkvale.document=30000
 * -Darkvale.conversations=32} for the full size.
 */
@Tag("thorough")
class ConversationsTest {
    private static final int DOCUMENT = Integer.getInteger("arkvale.document", 3000);
    private static final int CONVERSATIONS = Integer.getInteger("arkvale.conversations", 8);
    private static final int QUESTION = 20;
    private static final int ANSWER = 16;
    private static final int BUDGET = 1024;

    @Test
    void manyConversationsShareOneDocument(@TempDir Path directory) throws IOException {
        var random = new Random(41);
        var document = words(random, DOCUMENT);
        var requests = IntStream.range(0, CONVERSATIONS)
                .mapToObj(i -> Request.greedy(
                        Text.prompt(document).thenPrompt('A' + i).thenPrompt(words(random, QUESTION - 1)),
                        ANSWER,
                        budget(BUDGET)))
                .toList();
        int longest = DOCUMENT + QUESTION + ANSWER;
        var options = new EngineOptions(512, CONVERSATIONS, CONVERSATIONS, CONVERSATIONS, Residence.BUDGET);
        var spec = shape().roomFor(budget(BUDGET), longest, CONVERSATIONS, 512).build();
        var forks = new ForkTimes();
        try (var serving = new Serving(directory, longest);
                var engine = serving.engine(spec, options, forks::over)) {
            var heard = submit(engine, requests);
            heard.forEach(Serving.Heard::await);
            var status = engine.status();
            assertThat(status.readTokens()).isEqualTo(DOCUMENT + (long) CONVERSATIONS * QUESTION);
            assertThat(status.sharedTokens()).isEqualTo((CONVERSATIONS - 1L) * DOCUMENT);
            // The last token of an answer is not stored. Each has filled pages of its own behind those of the document.
            long common = DOCUMENT / PAGE;
            long own = (longest - 1) / PAGE - common;
            long backups = (LAYERS - 1L) * (common + CONVERSATIONS * own);
            assertThat(status.memory().usedHostSlots()).isEqualTo(backups);
            assertThat(status.cache().backedUpBytes()).isEqualTo(backups * spec.slotBytes());
            // The first layer keeps everything: the document's pages once, and what comes behind them, begun pages too.
            long whole = common + CONVERSATIONS * (Math.ceilDiv(longest - 1L, PAGE) - common);
            long limited = (LAYERS - 1L) * CONVERSATIONS * (BUDGET / PAGE + 1);
            assertThat(status.memory().usedDeviceSlots()).isLessThanOrEqualTo(whole + limited);
            assertThat(forks.count()).isEqualTo(CONVERSATIONS - 1);
            System.out.printf(
                    Locale.ROOT,
                    "printed: %d conversations over %d tokens: %d read, %d shared; %d backups, %d of them the document's;"
                            + " %d device slots; forks: %s%n",
                    CONVERSATIONS,
                    DOCUMENT,
                    status.readTokens(),
                    status.sharedTokens(),
                    backups,
                    (LAYERS - 1L) * common,
                    status.memory().usedDeviceSlots(),
                    forks);
            for (int i = 0; i < CONVERSATIONS; i++) {
                assertThat(heard.get(i).await().tokens())
                        .as("conversation " + i)
                        .isEqualTo(serving.solo(requests.get(i)));
            }
            var answers = heard.stream()
                    .map(one -> Arrays.toString(one.await().tokens()))
                    .distinct();
            assertThat(answers.count()).isGreaterThan(1);
        }
    }
}
