package io.arkvale.core.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.Digest;
import org.junit.jupiter.api.Test;

class PageTableTest {
    private static int[] residents(PageTable table) {
        var list = new PageList();
        table.listResidents(list);
        return list.toArray();
    }

    @Test
    void pagesOpenLeaveAndComeBack() {
        var table = new PageTable(Digest.CUBOID_MEAN);
        for (int page = 0; page < 20; page++) {
            table.open(100 + page);
        }
        table.evict(3);
        table.evict(0);

        assertThat(table.pages()).isEqualTo(20);
        assertThat(table.residents()).isEqualTo(18);
        assertThat(table.slot(3)).isEqualTo(PageTable.NOT_RESIDENT);
        assertThat(residents(table)).hasSize(18).doesNotContain(0, 3).isSorted();
        assertThatThrownBy(() -> table.requireBackup(4)).isInstanceOf(IllegalStateException.class);

        table.recall(3, 7);
        assertThat(table.slot(3)).isEqualTo(7);
        assertThat(table.residents()).isEqualTo(19);
    }

    @Test
    void aForkGoesItsOwnWay() {
        var table = new PageTable(Digest.CUBOID_MEAN);
        table.open(0);
        table.open(1);
        table.attended().clear();
        table.attended().add(0);
        table.attended().add(1);
        var fork = new PageTable(table);
        table.evict(0);
        table.removeLast();

        assertThat(table.pages()).isOne();
        assertThat(table.residents()).isZero();
        table.attended().setRun(0, 1);
        assertThat(residents(fork)).containsExactly(0, 1);
        assertThat(fork.attended().toArray()).containsExactly(0, 1);
    }
}
