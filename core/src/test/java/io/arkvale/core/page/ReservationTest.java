package io.arkvale.api.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.CapacityException;
import io.arkvale.api.SequenceSpec;
import java.util.List;
import java.util.stream.Stream;
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

    /** A sequence of page tables alone. */
    private record Pages(int length, List<PageTable<String>> layers) implements PagedSequence {
        /** Opens the pages of so many tokens in every layer, and evicts in the limited ones what is over the budget. */
        static Pages of(SlotPool slots, int tokens) {
            var layers = Stream.generate(PageTable<String>::new).limit(3).toList();
            for (int layer = 0; layer < 3; layer++) {
                var table = layers.get(layer);
                for (int page = 0; page < Math.ceilDiv(tokens, 4); page++) {
                    table.open(slots.take());
                }
                for (int page = 1; layer > 0 && table.residents() > 4; page++) {
                    slots.release(table.slot(page));
                    table.evict(page);
                }
            }
            return new Pages(tokens, layers);
        }

        @Override
        public List<PageTable<String>> tables(int layer) {
            return layers.subList(layer, layer + 1);
        }

        @Override
        public SequenceSpec spec() {
            return SETTINGS;
        }

        @Override
        public boolean isPoisoned() {
            return false;
        }

        @Override
        public void close() {}
    }

    private static long reserve(SlotPool slots, Pages sequence, int tokens, long freeBackups) {
        var spec = CacheSpec.builder(3, 1, 1, 8).pageSize(4).deviceSlots(100).build();
        return new Reservation(spec, slots)
                .reserve(List.of(sequence), List.of(sequence), new int[] {tokens}, freeBackups);
    }

    @Test
    void aPrefillHoldsOneLimitedLayerWhole() {
        var slots = new SlotPool(100);
        // 10 pages: 10 of the dense layer, 4 of the first limited layer once it is done, all 10 of the second.
        assertThat(reserve(slots, Pages.of(slots, 0), 40, 20)).isEqualTo(24);
    }

    @Test
    void aDecodeThatOpensNoPageNeedsNone() {
        var slots = new SlotPool(100);
        assertThat(reserve(slots, Pages.of(slots, 38), 1, 0)).isZero();
    }

    @Test
    void aDecodeThatOpensPagesHasOneLimitedLayerOverItsBudgetAtATime() {
        var slots = new SlotPool(100);
        // One page of the dense layer for good, one of a limited layer until its victim goes.
        assertThat(reserve(slots, Pages.of(slots, 40), 1, 0)).isEqualTo(2);
    }

    @Test
    void backupsAreOfPagesThatFillInLimitedLayers() {
        var slots = new SlotPool(100);
        assertThatThrownBy(() -> reserve(slots, Pages.of(slots, 0), 40, 19))
                .isInstanceOf(CapacityException.class)
                .hasMessage("out of host slots: 20 needed, 19 free");
    }

    @Test
    void whatIsShortIsTold() {
        var slots = new SlotPool(23);
        assertThatThrownBy(() -> reserve(slots, Pages.of(slots, 0), 40, 20))
                .isInstanceOf(CapacityException.class)
                .hasMessage("out of device slots: 24 needed, 23 free");
    }

    @Test
    void aSharedLastPageIsCopiedBeforeItIsWritten() {
        var slots = new SlotPool(100);
        var sequence = Pages.of(slots, 3);
        for (var table : sequence.layers) {
            slots.retain(table.slot(0));
        }
        assertThat(reserve(slots, sequence, 1, 2)).isEqualTo(3);
    }
}
