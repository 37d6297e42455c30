package io.arkvale.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CacheSpecTest {
    private static CacheSpec.Builder llama() {
        return CacheSpec.builder(32, 32, 8, 128).deviceSlots(1);
    }

    @Test
    void aSlotHoldsKeysAndValuesOfOneGroup() {
        var whole = llama().elementType(ElementType.F16).build();
        var grouped = llama().elementType(ElementType.F16).headGroups(4).build();

        assertThat(whole.slotBytes()).isEqualTo(2L * 8 * 32 * 128 * 2);
        assertThat(grouped.slotBytes()).isEqualTo(whole.slotBytes() / 4);
        assertThat(grouped.kvHeadsPerGroup()).isEqualTo(2);
        assertThat(grouped.queryHeadsPerGroup()).isEqualTo(8);
    }

    @Test
    void slotSizesBeyondAnIntAreExact() {
        var spec = CacheSpec.builder(1, 1024, 1024, 1024)
                .pageSize(4096)
                .deviceSlots(1)
                .build();

        assertThat(spec.slotBytes()).isEqualTo(2L * 4 * 1024 * 1024 * 4096);
    }

    @Test
    void countsTheLastPageFullOrNot() {
        var spec = llama().build();

        assertThat(spec.pages(0)).isZero();
        assertThat(spec.pages(32)).isOne();
        assertThat(spec.pages(33)).isEqualTo(2);
    }

    @Test
    void namesTheFieldItsValueAndTheRange() {
        assertThatThrownBy(() -> CacheSpec.builder(0, 32, 8, 128).deviceSlots(1).build())
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage("layers is 0; allowed: 1 to 32767");
        assertThatThrownBy(() -> CacheSpec.builder(1, 30, 8, 128).deviceSlots(1).build())
                .hasMessage("queryHeads is 30; allowed: multiples of kvHeads, which is 8");
        assertThatThrownBy(() -> llama().headGroups(3).build())
                .hasMessage("kvHeads is 8; allowed: multiples of headGroups, which is 3");
        assertThatThrownBy(() -> llama().deviceSlots(0).build())
                .hasMessageStartingWith("deviceSlots is 0; allowed: 1 to");
        assertThatThrownBy(() -> llama().deviceSlots(Long.MAX_VALUE).build()).hasMessageStartingWith("deviceSlots is ");
    }

    @Test
    void aDiskTierNeedsSlotsAndADirectory() {
        assertThatThrownBy(() -> llama().disk(0, Path.of("somewhere")).build())
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("diskSlots is 0");
    }

    @Test
    void makesRoomForSequencesAsTheyGrow() {
        var sequence = SequenceSpec.builder(32).budgetPages(16).build();
        // 100 pages: 2 dense layers keep all, 30 keep 17, one of them holds the other 83 during prefill.
        var spec = CacheSpec.builder(32, 32, 8, 128)
                .headGroups(2)
                .roomFor(sequence, 3200, 3)
                .build();

        assertThat(spec.deviceSlots()).isEqualTo(3 * 2 * (2 * 100 + 30 * 17 + 83));
        assertThat(spec.hostSlots()).isEqualTo(3 * 2 * 30 * 100);
    }

    @Test
    void aLayerWithAWindowNeedsRoomForItAndForAStep() {
        var settings = SequenceSpec.builder(32).budgetPages(16).build();
        var spec = CacheSpec.builder(4, 8, 2, 32).window(0, 100).window(2, 64).roomFor(settings, 3200, 1, 256);
        // Layer 1 is dense and keeps 100 pages, layer 3 keeps 17 and at one time 16 and the 8 of a step.
        assertThat(spec.build().deviceSlots()).isEqualTo(100 + (16 + 8) + (12 + 2) + (10 + 2));
        assertThat(spec.build().hostSlots()).isEqualTo(100);
        assertThat(spec.build().window(0)).isEqualTo(100);
        assertThat(spec.build().hasWindow(1)).isFalse();
    }

    @Test
    void aPromptInChunksNeedsItsBudgetAndAChunk() {
        var settings = SequenceSpec.builder(32).budgetPages(16).build();
        // 100 pages: 2 dense layers keep all, 30 keep 17, one of them at a time holds 16 and the chunk's.
        assertThat(chunked(settings, 2048)).isEqualTo(2 * 100 + 29 * 17 + (16 + 64));
        assertThat(chunked(settings, 33)).isEqualTo(2 * 100 + 29 * 17 + (16 + 2));
        assertThat(chunked(settings, 1)).isEqualTo(2 * 100 + 30 * 17);
        assertThat(chunked(settings, 0)).isEqualTo(2 * 100 + 30 * 17);
        assertThat(chunked(settings, 3200)).isEqualTo(2 * 100 + 29 * 17 + 100);
    }

    private static long chunked(SequenceSpec settings, int stepTokens) {
        var cache = CacheSpec.builder(32, 32, 8, 128).deviceSlots(1).build();
        return SlotNeed.of(cache, settings, 3200, stepTokens).device();
    }

    @Test
    void everyHeadGroupCountsWithItsOwnBudget() {
        var settings = SequenceSpec.builder(32)
                .budgetPages(16)
                .denseLayers(0)
                .groupBudget(1, 1, 30, 8)
                .build();
        var spec = CacheSpec.builder(2, 8, 2, 32)
                .headGroups(2)
                .roomFor(settings, 3200, 1)
                .build();
        // The layer of equal budgets holds 2 times 83 more during prefill.
        assertThat(spec.deviceSlots()).isEqualTo(17 + 17 + 17 + 31 + 2 * 83);
    }

    @Test
    void windowsAreCheckedByLayer() {
        assertThatThrownBy(() -> llama().window(3, 0).build())
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage("window of layer 3 is 0; allowed: 1 to 2147483647");
        assertThatThrownBy(() -> llama().window(1000, 5))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("layer is 1000");
        assertThat(llama().window(3, CacheSpec.NO_WINDOW).deviceSlots(1).build().hasWindows())
                .isFalse();
    }

    @Test
    void aSequenceWithoutABudgetNeedsNoBackups() {
        assertThat(SlotNeed.of(4, 1, 32, SequenceSpec.full(), 65)).isEqualTo(new SlotNeed(4 * 3, 0));
    }

    @Test
    void roomIsCountedInThePagesThatTheCacheComesToHave() {
        var settings = SequenceSpec.builder(16).budgetPages(8).build();
        var before = CacheSpec.builder(4, 8, 2, 32)
                .roomFor(settings, 1000, 3)
                .pageSize(16)
                .headGroups(2);
        var after = CacheSpec.builder(4, 8, 2, 32).pageSize(16).headGroups(2).roomFor(settings, 1000, 3);
        assertThat(before.build()).isEqualTo(after.build());
        assertThatThrownBy(() -> before.pageSize(32).build())
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("for pages of 16 tokens");
    }
}
