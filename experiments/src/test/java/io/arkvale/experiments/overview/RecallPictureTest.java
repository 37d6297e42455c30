package io.arkvale.experiments.overview;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.experiments.drawing.ChartDrawing;
import io.arkvale.experiments.drawing.Theme;
import io.arkvale.experiments.report.CsvRows;
import io.arkvale.experiments.report.Rows;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;

/** The picture of the README is what the table of the repository gives. */
class RecallPictureTest {
    private static final Path TABLE = Path.of("results", "passkey.csv");
    /** Left to the fonts of the machine. */
    private static final String LETTERS = "(<text[^>]*?) textLength=\"[^\"]*\" x=\"[^\"]*\" y=\"[^\"]*\"";

    @Test
    void theKeptPicturesFollowFromTheTable() throws IOException {
        for (var theme : new Theme[] {Theme.LIGHT, Theme.DARK}) {
            var name = theme == Theme.LIGHT ? "recall-light.svg" : "recall-dark.svg";
            var kept = Files.readString(Path.of("..", "docs", name));
            assertThat(kept.length()).isLessThan(40_000);
            assertThat(kept.replaceAll(LETTERS, "$1"))
                    .as("./arkvale chart recall experiments/results/passkey.csv --out docs")
                    .isEqualTo(ChartDrawing.svg(RecallPicture.of(rows(Files.readString(TABLE))), theme)
                            .replaceAll(LETTERS, "$1"));
        }
    }

    @Test
    void anotherTableGivesAnotherPictureAndSentence() throws IOException {
        var table = Files.readString(TABLE);
        var kept = RecallPicture.of(rows(table)).labels().finding();
        assertThat(kept)
                .isEqualTo("At a budget of 512 tokens ArkVale finds 90 % of 20 passkeys hidden in 30,000 characters;"
                        + " policies that evict for good find none.");
        var other = table.replaceAll(
                "passkey,tova,512,30000,20,0,0.0000,0.0000,0.1611", "passkey,tova,512,30000,20,2,0.1,0.03,0.3");
        assertThat(other).isNotEqualTo(table);
        assertThat(RecallPicture.of(rows(other)).labels().finding())
                .endsWith("of the policies that evict for good, none finds more than 10 %.");
        assertThat(ChartDrawing.svg(RecallPicture.of(rows(other)), Theme.LIGHT))
                .isNotEqualTo(ChartDrawing.svg(RecallPicture.of(rows(table)), Theme.LIGHT));
    }

    private static Rows rows(String csv) throws IOException {
        return new Rows(CsvRows.parse(csv.getBytes(StandardCharsets.UTF_8)).stream()
                .map(row -> new Rows.Row(new LinkedHashMap<>(row)))
                .toList());
    }
}
