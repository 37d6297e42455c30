package io.arkvale.core.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.Scope;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.core.CountingCache;
import io.arkvale.core.CountingDevice;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.spi.Attention;
import io.arkvale.spi.Choice;
import io.arkvale.spi.PageScores;
import io.arkvale.spi.Scoring;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What the core asks of a device that chooses pages itself. */
class ChoosingDeviceTest {
    /** Attends at once wherever all chosen pages are in slots. */
    private static final class ChoosingDevice extends CountingDevice {
        private final List<Attention> attentions = new ArrayList<>();
        private List<Choice> choices = List.of();
        private int[] counts = new int[0];
        private boolean prefersOldPages;

        ChoosingDevice(CacheSpec spec) {
            super(spec, false);
        }

        @Override
        public boolean choosesPages() {
            return true;
        }

        @Override
        public void score(List<Scoring> work, HostMemory queries, PageScores scores) {
            super.score(work, queries, scores);
            for (int i = 0; prefersOldPages && i < scores.values().length; i++) {
                scores.values()[i] = -scores.values()[i];
            }
        }

        @Override
        public BitSet scoreAndAttend(
                List<Scoring> work, List<Choice> choices, HostMemory queries, PageScores scores, HostMemory output) {
            score(work, queries, scores);
            this.choices = choices;
            counts = choices.stream().mapToInt(choice -> choice.count(work)).toArray();
            var attended = new BitSet();
            for (int i = 0; i < choices.size(); i++) {
                attended.set(i, hasAll(choices.get(i), work, scores));
            }
            return attended;
        }

        private static boolean hasAll(Choice choice, List<Scoring> work, PageScores scores) {
            if (!choice.isRanked()) {
                return true;
            }
            var scoring = work.get(choice.scoring());
            return IntStream.range(scoring.rankedFrom(), scoring.rankedTo())
                    .boxed()
                    .sorted((a, b) -> Float.compare(scores.order()[scoring.at() + b], scores.order()[scoring.at() + a]))
                    .limit(choice.ranked())
                    .allMatch(page -> choice.pages().slot(page) >= 0);
        }

        @Override
        public void attend(List<Attention> work, HostMemory queries, HostMemory output) {
            attentions.addAll(work);
        }
    }

    private final ChoosingDevice[] device = new ChoosingDevice[1];

    @AutoClose
    private final CountingCache counting = new CountingCache(
            CountingCache.spec(1).deviceSlots(100).hostSlots(100).build(), spec -> {
                device[0] = new ChoosingDevice(spec);
                return device[0];
            });

    private void decode(Sequence... sequences) {
        device[0].attentions.clear();
        try (var step = counting.cache.step(Batch.decode(sequences))) {
            var rows = counting.rows(41, sequences.length);
            step.decode(0, rows, rows, rows, rows);
            step.commit();
        }
    }

    @Test
    void isNotAskedAgainWhereItHasAttended() {
        var sequence = counting.prompt(CountingCache.SETTINGS, 40);
        decode(sequence);

        assertThat(device[0].attentions).isEmpty();
        assertThat(counting.cache.view().attendedPages(sequence, 0, 0)).containsExactly(0, 9, 10);
        assertThat(device[0].counts).containsExactly(3);
        var choice = device[0].choices.getFirst();
        assertThat(choice.ranked()).isEqualTo(1);
        assertThat(choice.tokens())
                .as("two full pages and the first token of the third")
                .isEqualTo(9);
        assertThat(choice.pages().count()).isEqualTo(11);
    }

    @Test
    void attendsAfterTheRecallWhereAPageWasEvicted() {
        var full = counting.prompt(SequenceSpec.full(), 40);
        var sequence = counting.prompt(CountingCache.SETTINGS, 40);
        device[0].prefersOldPages = true;
        decode(full, sequence);

        assertThat(device[0].counts).containsExactly(11, 3);
        assertThat(device[0].attentions).singleElement().satisfies(attention -> {
            assertThat(attention.row()).isEqualTo(1);
            assertThat(attention.pages().count()).isEqualTo(3);
            assertThat(attention.tokens()).isEqualTo(9);
        });
        assertThat(counting.cache.view().attendedPages(sequence, 0, 0)).containsExactly(0, 1, 10);
    }

    @Test
    void attendsToAllResidentPagesOnceTheyAreKnown() {
        var settings = new SequenceSpec(
                4, 3, 1, 1, 0, CountingCache.SETTINGS.digest(), CountingCache.SETTINGS.groupScore(), Scope.RESIDENT);
        var sequence = counting.prompt(settings, 40);
        decode(sequence);

        assertThat(device[0].choices).isEmpty();
        assertThat(device[0].attentions)
                .singleElement()
                .satisfies(attention -> assertThat(attention.pages().count()).isEqualTo(4));
    }
}
