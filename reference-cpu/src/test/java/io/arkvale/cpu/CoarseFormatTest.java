package io.arkvale.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.ElementType;
import io.arkvale.core.tensor.HostMemory;
import io.arkvale.kernels.Kernels;
import io.arkvale.kernels.page.PageRows;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** Hand-worked: one head of three numbers, pages of two tokens. */
class CoarseFormatTest {
    private static final CacheSpec SPEC = CacheSpec.builder(1, 1, 1, 3)
            .elementType(ElementType.F32)
            .pageSize(2)
            .deviceSlots(1)
            .build();

    private static float[] stored(int bits, float... row) {
        var format = new CoarseFormat(SPEC, Kernels.scalar().codec(StorageFormat.F32), bits);
        var slot = MemorySegment.ofArray(new byte[(int) format.slotBytes()]);
        var zeros = HostMemory.over(MemorySegment.ofArray(new float[3]), 12);
        format.put(zeros, HostMemory.over(MemorySegment.ofArray(row), 12), 0, 0, 1, slot, 0, 0, 1);
        var page = new HeadPage(SPEC);
        format.show(slot, 0, 0, 2, page);
        var rows = new float[6];
        new PageRows(StorageFormat.F32, 3, 2)
                .getValues(page.memory, page.values, 0, 2, MemorySegment.ofArray(rows), 0, 12);
        return new float[] {rows[3], rows[4], rows[5]};
    }

    @Test
    void eightBitsHaveAHundredAndTwentySevenStepsEachWay() {
        // The scale is 254 / 127 = 2: 3 lies between 2 and 4, and halves go up.
        assertThat(stored(8, 254, -3.5f, 3)).containsExactly(254, -4, 4);
    }

    @Test
    void fourBitsHaveSevenStepsEachWay() {
        // The scale is 14 / 7 = 2.
        assertThat(stored(4, -14, 5.5f, 0.5f)).containsExactly(-14, 6, 0);
    }

    @Test
    void aSlotIsAScaleAndItsBitsPerTokenAndHead() {
        var codec = Kernels.scalar().codec(StorageFormat.F32);
        assertThat(new CoarseFormat(SPEC, codec, 8).slotBytes()).isEqualTo(2 * 2 * (4 + 3));
        assertThat(new CoarseFormat(SPEC, codec, 4).slotBytes()).isEqualTo(2 * 2 * (4 + 2));
    }
}
