package io.arkvale.core.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SlotPoolTest {
    @Test
    void aSlotIsFreeAfterItsLastReference() {
        var pool = new SlotPool(2);
        int slot = pool.take();
        pool.retain(slot);

        assertThat(pool.isShared(slot)).isTrue();
        assertThat(pool.hasShared()).isTrue();
        assertThat(pool.release(slot)).isFalse();
        assertThat(pool.hasShared()).isFalse();
        assertThat(pool.used()).isOne();
        assertThat(pool.release(slot)).isTrue();
        assertThat(pool.used()).isZero();
        assertThatThrownBy(() -> pool.release(slot)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theLastHolderFreesItsSlots() {
        var pool = new SlotPool(3);
        int[] mine = {pool.take(), pool.take()};
        assertThat(mine).containsExactly(0, 1);
        pool.retainAll(mine);
        pool.releaseAll(mine);
        assertThat(pool.used()).isEqualTo(2);
        pool.releaseAll(mine);
        assertThat(pool.used()).isZero();
        assertThat(pool.available()).isEqualTo(3);
    }

    @Test
    void freedSlotsAreTakenAgain() {
        var pool = new SlotPool(40);
        for (int i = 0; i < 40; i++) {
            assertThat(pool.take()).isEqualTo(i);
        }
        assertThat(pool.available()).isZero();
        assertThatThrownBy(pool::take).isInstanceOf(IllegalStateException.class);
        pool.release(7);
        assertThat(pool.take()).isEqualTo(7);
    }
}
