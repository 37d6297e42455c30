package io.arkvale.experiments.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FormatsTest {
    private record Fruit(String name, @Nullable Integer count) {}

    private static final Report REPORT = Report.of(
            List.of(Metric.of("name", Fruit::name), Metric.of("count", Fruit::count)),
            List.of(new Fruit("apple, \"red\"", 3), new Fruit("fig", null)));

    @Test
    void csvQuotesWhatNeedsIt() {
        assertThat(Formats.csv(REPORT)).isEqualTo("name,count\n\"apple, \"\"red\"\"\",3\nfig,\n");
    }

    @Test
    void jsonIsAnArrayOfObjectsWithTheColumnsOfTheCsv() {
        assertThat(Formats.json(REPORT).replaceAll("\\s", ""))
                .isEqualTo("[{\"name\":\"apple,\\\"red\\\"\",\"count\":3},{\"name\":\"fig\",\"count\":null}]");
    }

    @Test
    void jsonComesBackAsItWas() {
        assertThat(Formats.parse(Formats.json(REPORT).getBytes(StandardCharsets.UTF_8))
                        .asMaps())
                .hasToString(REPORT.asMaps().toString());
    }

    @Test
    void unionHasTheColumnsOfAll() {
        var other = new Report(List.of("count", "colour"), List.of(List.of(1, "green")));
        var union = Report.union(List.of(REPORT.prepend("source", "a"), other));
        assertThat(union.columns()).containsExactly("source", "name", "count", "colour");
        assertThat(union.rows().getLast()).containsExactly(null, null, 1, "green");
    }

    @Test
    void tableAlignsNumbersRightAndWordsLeft() {
        var report = new Report(List.of("name", "count"), List.of(List.of("a", 10), List.of("bcdef", 7)));
        assertThat(TextTable.of(report)).hasToString("name   count\na         10\nbcdef      7\n");
    }

    @Test
    void everyRowCarriesItsOrigin() {
        var report = REPORT.withOrigin(new Origin(7, "needle", "cpu", "two cores"));
        assertThat(report.columns())
                .startsWith("name", "count", "schema", "seed")
                .contains("commit", "jdk", "device");
        assertThat(report.rows()).allSatisfy(row -> assertThat(row).contains(7L, "cpu", "two cores"));
    }
}
