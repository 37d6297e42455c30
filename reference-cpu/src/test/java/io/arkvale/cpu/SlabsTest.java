package io.arkvale.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.kernels.page.Panels;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class SlabsTest {
    @Test
    void blocksDoNotOverlapAcrossSlabs() {
        // Two blocks of 96 KB per slab: ten of them need five slabs.
        int bytes = 3 << 15;
        try (var slabs = new Slabs(bytes)) {
            slabs.reserve(10);
            for (int i = 0; i < 10; i++) {
                slabs.slab(i).asSlice(slabs.offset(i), bytes).fill((byte) i);
            }
            for (int i = 0; i < 10; i++) {
                assertThat(slabs.slab(i).get(ValueLayout.JAVA_BYTE, slabs.offset(i)))
                        .isEqualTo((byte) i);
                assertThat(slabs.slab(i).get(ValueLayout.JAVA_BYTE, slabs.offset(i) + bytes - 1))
                        .isEqualTo((byte) i);
            }
            assertThat(slabs.bytes()).isEqualTo(5L * (2 * bytes + Panels.READ_BEYOND));
        }
    }

    @Test
    void memoryIsTakenAsItIsReserved() {
        try (var slabs = new Slabs(1 << 18)) {
            assertThat(slabs.bytes()).isZero();
            slabs.reserve(2);
            slabs.reserve(1);
            assertThat(slabs.bytes()).isEqualTo(2 * ((1 << 18) + Panels.READ_BEYOND));
        }
    }
}
