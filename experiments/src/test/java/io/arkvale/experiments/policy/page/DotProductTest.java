package io.arkvale.experiments.policy.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sums are the same to the bit however many rows are computed at once. */
class DotProductTest {
    @ParameterizedTest
    @CsvSource({"1, 64", "3, 6", "4, 2", "8, 64", "9, 7"})
    void rowsAddWhatEachAddsAlone(int rows, int length) {
        var random = new SplittableRandom(rows);
        var a = numbers(random, length);
        var all = numbers(random, rows * length);
        var sums = numbers(random, rows);
        var expected = sums.clone();
        for (int row = 0; row < rows; row++) {
            expected[row] += DotProduct.of(a, all, row * length);
        }
        DotProduct.addRows(a, all, sums);
        assertThat(sums).isEqualTo(expected);
    }

    private static float[] numbers(SplittableRandom random, int count) {
        var numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }
}
