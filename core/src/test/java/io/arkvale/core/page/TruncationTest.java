package io.arkvale.core.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.Batch;
import io.arkvale.api.CapacityException;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Tier;
import io.arkvale.core.CountingCache;
import io.arkvale.core.CountingDevice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * Pages of four tokens; keys count from 1, and a slot shows the last one written to it. Budget: four pages, the first and the
 * last always among them.
 */
class TruncationTest {
    @AutoClose
    private final CountingCache counting = new CountingCache(
            CountingCache.spec(1).deviceSlots(16).hostSlots(100).build(), spec -> new CountingDevice(spec, false));

    private static float[] scoresFor(int pages, int page) {
        var scores = new float[pages];
        scores[page] = 1;
        return scores;
    }

    @Test
    void aPageThatIsNotFullAnyMoreIsResidentAndHasNoBackup() {
        var sequence = counting.prompt(CountingCache.SETTINGS, 40);
        assertThat(resident(sequence)).containsExactly(0, 7, 8, 9);

        counting.cache.truncate(sequence, 26);

        assertThat(sequence.length()).isEqualTo(26);
        assertThat(resident(sequence)).containsExactly(0, 6);
        var last = counting.cache.view().page(sequence, 0, 0, 6);
        assertThat(last.backup()).isEqualTo(Tier.NONE);
        assertThat(last.digested()).isFalse();
        assertThat(key(sequence, 6)).isEqualTo(28);
        assertThat(counting.cache.memory().usedHostSlots()).isEqualTo(6);
    }

    @Test
    void withinTheBudgetEverythingComesBack() {
        var sequence = counting.prompt(CountingCache.SETTINGS, 40);
        counting.cache.truncate(sequence, 16);
        assertThat(resident(sequence)).containsExactly(0, 1, 2, 3);
        assertThat(key(sequence, 2)).isEqualTo(12);
    }

    @Test
    void aForkRecallsWhatItHadAndNotWhatWasWrittenSince() {
        var sequence = counting.prompt(CountingCache.SETTINGS, 40);
        var fork = counting.cache.fork(sequence);
        // The fork gives page 8 up; the truncated sequence alone holds it then, and writes it.
        counting.decode(fork, scoresFor(10, 1));
        counting.decode(fork, scoresFor(10, 2));
        counting.cache.truncate(sequence, 33);
        assertThat(resident(fork)).doesNotContain(8);
        counting.grow(sequence, 1);
        assertThat(key(sequence, 8)).isEqualTo(34);

        counting.decode(fork, scoresFor(10, 8));

        assertThat(key(fork, 8)).isEqualTo(36);
        counting.grow(sequence, 2);
        assertThat(key(fork, 8)).isEqualTo(36);
    }

    @Test
    void withoutRoomForWhatComesBackNothingChanges() {
        var sequence = counting.prompt(CountingCache.SETTINGS, 40);
        counting.cache.fork(sequence); // so that the pages that go free no slots
        var full = counting.prompt(SequenceSpec.full(), 48);
        assertThatThrownBy(() -> counting.cache.truncate(sequence, 16))
                .isInstanceOf(CapacityException.class)
                .hasMessageContaining("device slots");
        assertThat(sequence.length()).isEqualTo(40);
        assertThat(resident(sequence)).containsExactly(0, 7, 8, 9);

        full.close();
        counting.cache.truncate(sequence, 16);
        assertThat(resident(sequence)).hasSize(4);
    }

    @Test
    void whatAStepHasReservedIsNotTakenBesideIt() {
        var sequence = counting.prompt(CountingCache.SETTINGS, 40);
        counting.cache.fork(sequence);
        var other = counting.prompt(SequenceSpec.full(), 32);
        try (var step = counting.cache.step(Batch.of(other, 16))) {
            assertThatThrownBy(() -> counting.cache.truncate(sequence, 16)).isInstanceOf(CapacityException.class);
            step.ingest(0, new int[] {16}, counting.rows(33, 16), counting.rows(33, 16));
            step.finishPrefill(0, counting.rows(1, 1));
            step.commit();
        }
        assertThat(key(other, 11)).isEqualTo(48);
    }

    @Test
    void aSlotThatAMemberOfAStepHoldsAloneIsNotSharedBesideIt() {
        var member = counting.prompt(CountingCache.SETTINGS, 40);
        var other = counting.cache.fork(member);
        counting.decode(other, scoresFor(10, 1));
        counting.decode(other, scoresFor(10, 2));
        assertThat(resident(other)).doesNotContain(8);
        try (var _ = counting.cache.step(Batch.decode(member))) {
            counting.cache.truncate(other, 33);
            var view = counting.cache.view();
            assertThat(view.page(other, 0, 0, 8).slot())
                    .isNotEqualTo(view.page(member, 0, 0, 8).slot());
            assertThat(key(other, 8)).isEqualTo(36);
        }
        counting.cache.truncate(other, 32);
        assertThat(resident(member)).containsExactly(0, 7, 8, 9);
    }

    private int[] resident(Sequence sequence) {
        var view = counting.cache.view();
        return IntStream.range(0, counting.cache.spec().pages(view.tokens(sequence, 0)))
                .filter(page -> view.page(sequence, 0, 0, page).resident())
                .toArray();
    }

    private float key(Sequence sequence, int page) {
        var bytes = MemorySegment.ofArray(new float[8]);
        counting.cache.view().copyResident(sequence, 0, 0, page, bytes);
        return bytes.get(ValueLayout.JAVA_FLOAT, 0);
    }
}
