package io.arkvale.experiments.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ParquetTableTest {
    private record Fruit(
            @Nullable String name,
            @Nullable Integer count,
            @Nullable Long seed,
            @Nullable BigDecimal weight,
            @Nullable Double share) {}

    private static final List<Metric<Fruit>> METRICS = List.of(
            Metric.of("name", String.class, Fruit::name),
            Metric.of("count", Integer.class, Fruit::count),
            Metric.of("seed", Long.class, Fruit::seed),
            Metric.of("weight", BigDecimal.class, Fruit::weight),
            Metric.of("share", Double.class, Fruit::share));

    private static ParquetRows written(List<Fruit> fruits) throws IOException {
        return ParquetRows.read(bytes(METRICS, fruits));
    }

    private static byte[] bytes(List<Metric<Fruit>> metrics, List<Fruit> fruits) throws IOException {
        var file = new ByteArrayOutputStream();
        try (var table = new ParquetTable<>(metrics, file)) {
            for (var fruit : fruits) {
                table.add(fruit);
            }
        }
        return file.toByteArray();
    }

    @Test
    void valuesComeBackWithTheirTypesAndWhatIsMissingAsNull() throws IOException {
        var table = written(List.of(
                new Fruit("pêche, \"🍑\"\n", -3, Long.MIN_VALUE, new BigDecimal("0.1234"), 1e-300),
                new Fruit(null, null, null, null, null),
                new Fruit("", 0, Long.MAX_VALUE, BigDecimal.ZERO, -0.0)));
        assertThat(table.types())
                .containsExactly(
                        entry("name", "STRING"),
                        entry("count", "INT64"),
                        entry("seed", "INT64"),
                        entry("weight", "DOUBLE"),
                        entry("share", "DOUBLE"));
        assertThat(table.rows()).hasSize(3);
        assertThat(table.rows().get(0).values())
                .containsExactly("pêche, \"🍑\"\n", -3L, Long.MIN_VALUE, 0.1234, 1e-300);
        assertThat(table.rows().get(1).values()).containsOnlyNulls().hasSize(5);
        assertThat(table.rows().get(2).values()).containsExactly("", 0L, Long.MAX_VALUE, 0.0, -0.0);
    }

    /** The types are the columns' own: rows that a filter leaves do not change them. */
    @Test
    void aTableWithoutRowsHasTheSameTypes() throws IOException {
        var empty = written(List.of());
        assertThat(empty.rows()).isEmpty();
        assertThat(empty.types())
                .isEqualTo(written(List.of(new Fruit("fig", 1, 1L, null, null))).types());
    }

    /** Runs of values and nulls of all lengths around the bytes of a varint, over the edge between two row groups. */
    @Test
    void nullsStayWhereTheyAre() throws IOException {
        var fruits = new ArrayList<Fruit>();
        for (int run = 1; fruits.size() < ParquetTable.GROUP_ROWS + 100; run = run * 3 / 2 + 1) {
            for (int i = 0; i < run; i++) {
                fruits.add(new Fruit("a" + fruits.size(), fruits.size(), null, null, null));
            }
            for (int i = 0; i < run; i++) {
                fruits.add(new Fruit(null, null, (long) fruits.size(), null, null));
            }
        }
        var rows = written(fruits).rows();
        assertThat(rows).hasSameSizeAs(fruits);
        for (int i = 0; i < fruits.size(); i++) {
            var fruit = fruits.get(i);
            var count = fruit.count() == null ? null : (Long) (long) fruit.count();
            assertThat(rows.get(i).values()).containsExactly(fruit.name(), count, fruit.seed(), null, null);
        }
    }

    @Test
    void aColumnWithoutATypeAndHalfACharacterAreRefused() {
        var untyped = List.of(Metric.of("name", Fruit::name));
        assertThatThrownBy(() -> bytes(untyped, List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("column name has no type");
        assertThatThrownBy(() -> written(List.of(new Fruit("\ud83c", 1, 1L, null, null))))
                .isInstanceOf(CharacterCodingException.class);
    }
}
