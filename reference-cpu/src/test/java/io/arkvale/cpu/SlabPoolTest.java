package io.arkvale.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.kernels.AttentionKernel;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class SlabPoolTest {
    @Test
    void blocksDoNotOverlapAcrossSlabs() {
        // Two blocks of 384 KB a slab: ten of them need several slabs.
        try (var pool = new SlabPool(3 << 17, 10)) {
            var blocks = new ArrayList<Integer>();
            for (int i = 0; i < 10; i++) {
                int block = pool.take();
                blocks.add(block);
                pool.slab(block).asSlice(pool.offset(block), 3 << 17).fill((byte) i);
            }
            for (int i = 0; i < 10; i++) {
                int block = blocks.get(i);
                assertThat(pool.slab(block).get(ValueLayout.JAVA_BYTE, pool.offset(block)))
                        .isEqualTo((byte) i);
                assertThat(pool.slab(block).get(ValueLayout.JAVA_BYTE, pool.offset(block) + (3 << 17) - 1))
                        .isEqualTo((byte) i);
            }
            assertThat(pool.blocks.available()).isZero();
            assertThatThrownBy(pool::take).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aLargePoolTakesMemoryOnlyWhenUsed() {
        try (var pool = new SlabPool(1 << 18, Long.MAX_VALUE >> 18)) {
            assertThat(pool.bytes()).isZero();
            var seen = new HashSet<Integer>();
            for (int i = 0; i < 5; i++) {
                seen.add(pool.take());
            }
            assertThat(seen).hasSize(5);
            assertThat(pool.bytes()).isEqualTo(2 * ((1 << 20) + AttentionKernel.READ_BEYOND));
        }
    }
}
