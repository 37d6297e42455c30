package io.arkvale.core.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.Batch;
import io.arkvale.api.CapacityException;
import io.arkvale.api.SequenceSpec;
import io.arkvale.core.CountingCache;
import io.arkvale.core.CountingDevice;
import org.junit.jupiter.api.Test;

/** Hand-worked: pages of 4 tokens, 3 layers of which the first is dense, one head group, a budget of 4 pages. */
class ReservationTest {
    private static final SequenceSpec SETTINGS = SequenceSpec.builder(4)
            .budgetPages(4)
            .attendedPages(3)
            .sinkPages(1)
            .windowPages(1)
            .denseLayers(1)
            .build();

    private static CountingCache cache(int deviceSlots, int hostSlots) {
        var spec = CountingCache.spec(3)
                .deviceSlots(deviceSlots)
                .hostSlots(hostSlots)
                .build();
        return new CountingCache(spec, given -> new CountingDevice(given, false));
    }

    /** What a step promises a sequence of so many tokens that grows by some more. */
    private static long reserved(CountingCache counting, int before, int tokens) {
        var sequence = before == 0 ? counting.cache.begin(SETTINGS) : counting.prompt(SETTINGS, before);
        return reserved(counting, sequence, tokens);
    }

    private static long reserved(CountingCache counting, io.arkvale.api.Sequence sequence, int tokens) {
        try (var step = counting.cache.step(Batch.of(sequence, tokens))) {
            assertThat(step.batch().rows()).isEqualTo(tokens);
            return counting.cache.memory().reservedDeviceSlots();
        }
    }

    @Test
    void aPrefillHoldsOneLimitedLayerWhole() {
        try (var counting = cache(100, 20)) {
            // 10 pages: 10 of the dense layer, 4 of the first limited layer once it is done, all 10 of the second.
            assertThat(reserved(counting, 0, 40)).isEqualTo(24);
        }
    }

    @Test
    void aDecodeThatOpensNoPageNeedsNone() {
        try (var counting = cache(100, 100)) {
            assertThat(reserved(counting, 38, 1)).isZero();
        }
    }

    @Test
    void aDecodeThatOpensPagesHasOneLimitedLayerOverItsBudgetAtATime() {
        try (var counting = cache(100, 100)) {
            // One page of the dense layer for good, one of a limited layer until its victim goes.
            assertThat(reserved(counting, 40, 1)).isEqualTo(2);
        }
    }

    @Test
    void backupsAreOfPagesThatFillInLimitedLayers() {
        try (var counting = cache(100, 19)) {
            assertThatThrownBy(() -> reserved(counting, 0, 40))
                    .isInstanceOf(CapacityException.class)
                    .hasMessageStartingWith("out of host slots: 20 needed, 19 free");
        }
    }

    @Test
    void whatIsShortIsTold() {
        try (var counting = cache(23, 20)) {
            assertThatThrownBy(() -> reserved(counting, 0, 40))
                    .isInstanceOf(CapacityException.class)
                    .hasMessageStartingWith("out of device slots: 24 needed, 23 free");
        }
    }

    @Test
    void aSharedLastPageIsCopiedBeforeItIsWritten() {
        try (var counting = cache(100, 100)) {
            var sequence = counting.prompt(SETTINGS, 3);
            counting.cache.fork(sequence);
            assertThat(reserved(counting, sequence, 1)).isEqualTo(3);
        }
    }

    @Test
    void aPageThatOpensAndPushesOutASharedOneTakesOneSlot() {
        // Pages 0, 7, 8 and 9 are shared; page 10 opens and one page comes back, for which two leave that free no
        // slots.
        try (var counting = new CountingCache(
                CountingCache.spec(1).deviceSlots(6).hostSlots(100).build(),
                given -> new CountingDevice(given, false))) {
            var sequence = counting.prompt(CountingCache.SETTINGS, 16);
            while (sequence.length() < 40) {
                counting.decode(sequence);
            }
            counting.cache.fork(sequence);
            assertThat(reserved(counting, sequence, 1)).isEqualTo(2);
            var scores = new float[10];
            scores[1] = 1;
            assertThat(counting.decode(sequence, scores).sequences().getFirst().recalledPages())
                    .isEqualTo(1);
            assertThat(counting.cache.memory().usedDeviceSlots()).isEqualTo(6);
        }
    }
}
