package io.arkvale.experiments.example;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.experiments.policy.TokenPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The guide shows the example that is compiled here. */
class GuideTest {
    @Test
    void theGuidesExampleIsThisOneAndShort() throws IOException {
        var source = Files.readString(Path.of("src/test/java/io/arkvale/experiments/example/RecentOnly.java"));
        assertThat(Files.readString(Path.of("README.md"))).contains(source);
        assertThat(source.lines().count()).isLessThan(60);
        TokenPolicy policy = new RecentOnly();
        assertThat(policy.info().shortName()).isEqualTo("recent-only");
    }
}
