package io.arkvale.experiments.overview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.chart.ScatterChart;
import io.arkvale.experiments.drawing.ChartDrawing;
import io.arkvale.experiments.drawing.Theme;
import io.arkvale.experiments.plan.Protocol;
import io.arkvale.experiments.report.CsvRows;
import io.arkvale.experiments.report.Rows;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The leaderboard's numbers and sentences follow from the sweep's rows. */
class LeaderboardTest {
    private static final String HEAD = "experiment,policy,budget,accuracy,accuracy_low,accuracy_high,samples,"
            + "resident_bytes,scoring_bytes_per_step,attention_bytes_per_step\n";
    private static final String FULL =
            "a,full,512,1,0.9,1,20,41943040,0,41943040\nb,full,512,0.6,0.5,0.7,20,41943040,0,41943040\n";
    private static final String SMALL =
            "a,arkvale,512,0.5,0.2,0.7,20,10485760,1048576,9437184\nb,arkvale,512,0.3,0.2,0.4,20,12582912,1048576,9437184\n";

    @Test
    void meansAndIntervalsAreThoseOfTheTasks() throws IOException {
        var table = new Leaderboard(rows(HEAD + FULL + SMALL), "512", Protocol.QUESTION_AFTER).table();
        // full: 0.8 - sqrt(0.1² + 0.1²) / 2 to 0.8 + sqrt(0 + 0.1²) / 2; arkvale: 0.4 - sqrt(0.3² + 0.1²) / 2 ...
        assertThat(table.rows().getFirst().toString()).isEqualTo("[full, 80.0, 72.9, 85.0, 40.0, 40.0]");
        assertThat(table.rows().getLast().toString()).isEqualTo("[arkvale, 40.0, 24.2, 51.2, 11.0, 10.0]");
    }

    @Test
    void theFindingNamesTheBestOfThoseThatNeedHalf() throws IOException {
        assertThat(finding(HEAD + FULL + SMALL, 0))
                .isEqualTo("Of the policies that need at most half of what full attention holds on the device, arkvale"
                        + " scores most: 40 % (24.2 to 51.2) against 80 %.");
        var better = SMALL.replace("arkvale", "h2o").replace(",0.5,0.2,", ",0.7,0.2,");
        assertThat(finding(HEAD + FULL + SMALL + better, 1))
                .contains("half of what full attention reads", "h2o scores most: 50 %");
        // The oracle sees what no system sees.
        assertThat(finding(HEAD + FULL + SMALL + better.replace("h2o", "oracle"), 1))
                .contains("arkvale scores most");
        assertThat(finding(HEAD + FULL, 0)).startsWith("No policy needs at most half");
    }

    /** A sweep that asks both ways is two boards. */
    @Test
    void rowsOfTheOtherProtocolDoNotCount() throws IOException {
        var after = (HEAD + FULL + SMALL).replace("\n", ",question-after\n").replaceFirst("question-after", "protocol");
        var inside = (FULL + SMALL).replace("\n", ",question-inside\n").replace("arkvale,512,0.5", "arkvale,512,0.9");
        var both = rows(after + inside);
        var table = new Leaderboard(both, "512", Protocol.QUESTION_AFTER).table();
        assertThat(table.rows())
                .isEqualTo(new Leaderboard(rows(HEAD + FULL + SMALL), "512", Protocol.QUESTION_AFTER)
                        .table()
                        .rows());
        var other = new Leaderboard(both, "512", Protocol.QUESTION_INSIDE);
        assertThat(other.table().rows().getLast().toString()).startsWith("[arkvale, 60.0, ");
        assertThat(other.charts().getFirst().labels().title()).endsWith("question inside the context");
        assertThatThrownBy(() -> new Leaderboard(rows(HEAD + FULL), "512", Protocol.QUESTION_INSIDE))
                .hasMessage("the table has no scores of question-inside");
    }

    private static String finding(String csv, int chart) throws IOException {
        return new Leaderboard(rows(csv), "512", Protocol.QUESTION_AFTER)
                .charts()
                .get(chart)
                .labels()
                .finding();
    }

    @Test
    void nobodyOnTheFrontIsBeatenAndBoundsAreNotOnIt() throws IOException {
        for (var chart : laboratory().charts()) {
            var scatter = (ScatterChart) chart;
            var front = scatter.front();
            assertThat(front).isNotEmpty();
            for (var one : front) {
                assertThat(one.name()).doesNotStartWith("oracle");
                for (var other : scatter.items()) {
                    var beats = ScatterChart.at(other).x()
                                    < ScatterChart.at(one).x()
                            && ScatterChart.at(other).y() > ScatterChart.at(one).y();
                    assertThat(beats && !other.name().startsWith("oracle"))
                            .as(other.name() + " beats " + one.name())
                            .isFalse();
                }
            }
        }
    }

    @Test
    void theKeptTableHasTheOracleAndFullAttention() throws IOException {
        assertThat(laboratory().table().rows().stream()
                        .map(row -> String.valueOf(row.getFirst()))
                        .collect(Collectors.toSet()))
                .hasSizeGreaterThan(20)
                .contains("full", "oracle", "arkvale");
    }

    @Test
    void everyPolicyIsNamedInTheCharts() throws IOException {
        for (var chart : laboratory().charts()) {
            var svg = ChartDrawing.svg(chart, Theme.LIGHT);
            for (var item : ((ScatterChart) chart).items()) {
                assertThat(svg).contains(">" + item.name() + "</text>");
            }
        }
    }

    private static Leaderboard laboratory() throws IOException {
        return new Leaderboard(
                rows(Files.readString(Path.of("results", "laboratory.csv"))), "512", Protocol.QUESTION_AFTER);
    }

    @Test
    void whatIsMissingIsSaid() {
        assertThatThrownBy(() -> new Leaderboard(rows(HEAD + FULL), "256", Protocol.QUESTION_AFTER))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("budgets there: [512]");
        assertThatThrownBy(() -> new Leaderboard(
                        rows(HEAD + FULL + SMALL.lines().findFirst().orElseThrow()), "512", Protocol.QUESTION_AFTER))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("'arkvale' has results in 1 of 2 tasks");
        assertThatThrownBy(() -> new Leaderboard(rows(HEAD + SMALL), "512", Protocol.QUESTION_AFTER).charts())
                .isInstanceOf(UserException.class)
                .hasMessageContaining("'full'");
        assertThatThrownBy(() -> rows(HEAD)).isInstanceOf(IOException.class).hasMessageContaining("no rows");
    }

    private static Rows rows(String csv) throws IOException {
        return new Rows(CsvRows.parse(csv.getBytes(StandardCharsets.UTF_8)).stream()
                .map(row -> new Rows.Row(new LinkedHashMap<>(row)))
                .toList());
    }
}
