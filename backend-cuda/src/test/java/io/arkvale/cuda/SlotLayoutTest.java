package io.arkvale.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.ElementType;
import io.arkvale.cuda.kernel.Store;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** How rows in 8 bits read: numbers of a row times its scale. */
class SlotLayoutTest {
    private static final CacheSpec SPEC = CacheSpec.builder(1, 1, 1, 4)
            .elementType(ElementType.F32)
            .pageSize(1)
            .deviceSlots(1)
            .hostSlots(1)
            .build();

    @Test
    void eightBitFloatsAreASignFourBitsOfExponentAndThreeOfFraction() {
        assertThat(SlotLayout.ofFp8((byte) 0x00)).isZero();
        assertThat(SlotLayout.ofFp8((byte) 0x01)).isEqualTo(0x1p-9f);
        assertThat(SlotLayout.ofFp8((byte) 0x07)).isEqualTo(7 * 0x1p-9f);
        assertThat(SlotLayout.ofFp8((byte) 0x08)).isEqualTo(0x1p-6f);
        assertThat(SlotLayout.ofFp8((byte) 0x38)).isEqualTo(1);
        assertThat(SlotLayout.ofFp8((byte) 0xbc)).isEqualTo(-1.5f);
        assertThat(SlotLayout.ofFp8((byte) 0x7e)).isEqualTo(448);
        assertThat(SlotLayout.ofFp8((byte) 0xfe)).isEqualTo(-448);
    }

    @Test
    void rowsReadAsNumbersTimesTheirScale() {
        assertThat(rows(Store.INT8, 128, 129, 1, 255)).containsExactly(0, 0.5f, -63.5f, 63.5f, 0, 2, -254, 254);
        assertThat(rows(Store.FP8, 0, 0x38, 0xb8, 0x7e)).containsExactly(0, 0.5f, -0.5f, 224, 0, 2, -2, 896);
    }

    /** The same bytes as key, with scale 0.5, and as value, with scale 2. */
    private static float[] rows(Store store, int... bytes) {
        var layout = new SlotLayout(SPEC, store);
        var slot = MemorySegment.ofArray(new byte[(int) layout.slotBytes()]);
        for (int i = 0; i < 8; i++) {
            slot.set(ValueLayout.JAVA_BYTE, i, (byte) bytes[i % 4]);
        }
        slot.set(ValueLayout.JAVA_FLOAT_UNALIGNED, layout.scalesAt(), 0.5f);
        slot.set(ValueLayout.JAVA_FLOAT_UNALIGNED, layout.scalesAt() + Float.BYTES, 2);
        var rows = new float[8];
        layout.unpack(slot, MemorySegment.ofArray(rows));
        return rows;
    }
}
