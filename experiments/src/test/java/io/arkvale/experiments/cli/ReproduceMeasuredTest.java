package io.arkvale.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code reproduce --measured} refuses before anything is drawn. */
class ReproduceMeasuredTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void measuredStepsNeedTheirFigure() {
        var run = Run.of("reproduce", "table1", "--measured", "steps.json", "--out", folder.toString());
        assertThat(run.exit()).isNotZero();
        assertThat(run.err()).contains("--measured belongs to fig9; name that figure too");
    }

    @Test
    void aFileOfSomethingElseIsRefused() throws IOException {
        var file = Files.writeString(folder.resolve("steps.json"), "[{\"shape\": \"tiny\"}]");
        var run = Run.of("reproduce", "fig9", "--measured", file.toString(), "--out", folder.toString());
        assertThat(run.exit()).isNotZero();
        assertThat(run.err())
                .contains("lacks kind; --measured takes the bench-model.json that 'bench model --out' writes");
    }
}
