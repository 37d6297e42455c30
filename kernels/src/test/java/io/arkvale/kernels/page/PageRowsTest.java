package io.arkvale.kernels.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.kernels.Samples;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PageRowsTest {
    @Test
    void panelsLieOneAfterTheOtherAndTheLastIsNarrow() {
        // 3 rows of 40 columns: a panel of 3 x 32, then one of 3 x 8.
        assertThat(Panels.index(3, 40, 0, 0)).isZero();
        assertThat(Panels.index(3, 40, 0, 31)).isEqualTo(31);
        assertThat(Panels.index(3, 40, 2, 5)).isEqualTo(2 * 32 + 5);
        assertThat(Panels.index(3, 40, 0, 32)).isEqualTo(3 * 32);
        assertThat(Panels.index(3, 40, 1, 33)).isEqualTo(3 * 32 + 8 + 1);
        assertThat(Panels.index(3, 40, 2, 39)).isEqualTo(3 * 40 - 1);
    }

    @Test
    void everyElementHasAPlaceOfItsOwn() {
        for (int rows : new int[] {1, 3, 64}) {
            for (int columns : new int[] {1, 7, 32, 33, 80, 128}) {
                var places = new BitSet();
                for (int row = 0; row < rows; row++) {
                    for (int column = 0; column < columns; column++) {
                        places.set(Panels.index(rows, columns, row, column));
                    }
                }
                assertThat(places.cardinality()).isEqualTo(rows * columns);
                assertThat(places.length()).isEqualTo(rows * columns);
            }
        }
    }

    /** Tokens stored in two parts, from rows that lie apart, come back bit by bit, in any part of the page. */
    @ParameterizedTest
    @EnumSource
    void rowsComeBackAsTheyWereStored(StorageFormat format) {
        for (int pageSize : new int[] {1, 8, 32, 40, 128}) {
            for (int headDim : new int[] {1, 16, 33, 64, 80}) {
                var rows = new PageRows(format, headDim, pageSize);
                long row = (long) headDim * format.bytes();
                long stride = row + 6;
                var source = Samples.store(format, new Samples(pageSize).floats((int) (pageSize * stride), 1), 0);
                var page = Arena.ofAuto().allocate(3 + 2L * pageSize * row);
                long values = 3 + pageSize * row;
                int half = pageSize / 2;
                rows.putKeys(source, 0, stride, half, page, 3, 0);
                rows.putKeys(source, half * stride, stride, pageSize - half, page, 3, half);
                rows.putValues(source, 5, stride, half, page, values, 0);
                rows.putValues(source, 5 + half * stride, stride, pageSize - half, page, values, half);
                for (int token = 0; token < pageSize; token++) {
                    var key = Arena.ofAuto().allocate(row);
                    var value = Arena.ofAuto().allocate(row);
                    rows.getKeys(page, 3, token, 1, key, 0, row);
                    rows.getValues(page, values, token, 1, value, 0, row);
                    assertSame(key, source, token * stride, row);
                    assertSame(value, source, 5 + token * stride, row);
                }
            }
        }
    }

    private static void assertSame(MemorySegment actual, MemorySegment source, long at, long bytes) {
        assertThat(actual.mismatch(source.asSlice(at, bytes))).isEqualTo(-1);
    }
}
