package io.arkvale.experiments.overview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.experiments.chart.LineChart;
import io.arkvale.experiments.report.CsvRows;
import io.arkvale.experiments.report.Rows;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;

class ScorePictureTest {
    private static final String TABLE = """
            task,policy,budget,length,samples,accuracy,accuracy_low,accuracy_high
            needles,full,512,4096,24,1.0,0.86,1.0
            needles,full,1024,4096,24,1.0,0.86,1.0
            needles,quest,512,4096,24,0.5,0.3,0.7
            needles,quest,1024,4096,24,0.75,0.55,0.9
            needles,quest,512,1000,24,0.9,0.7,1.0
            """;

    @Test
    void theLongestTextsOfATaskBecomeOneLinePerPolicy() throws IOException {
        var chart = (LineChart) ScorePicture.of(rows(TABLE));
        assertThat(chart.labels().title()).isEqualTo("needles, length 4,096, 24 questions");
        assertThat(chart.labels().finding())
                .isEqualTo("At a budget of 512 tokens full scores 100 %, and quest scores 50 %.");
        assertThat(chart.series()).hasSize(2);
        assertThat(chart.series().getLast().points()).hasSize(2);
        assertThat(chart.series().getLast().points().getFirst().low()).isEqualTo(30);
    }

    @Test
    void aTableOfSeveralTasksIsRefused() throws IOException {
        var rows = rows(TABLE + "copy,full,512,4096,24,1.0,0.86,1.0\n");
        assertThatThrownBy(() -> ScorePicture.of(rows))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("it has the tasks needles, copy; ");
    }

    private static Rows rows(String csv) throws IOException {
        return new Rows(CsvRows.parse(csv.getBytes(StandardCharsets.UTF_8)).stream()
                .map(row -> new Rows.Row(new LinkedHashMap<>(row)))
                .toList());
    }
}
