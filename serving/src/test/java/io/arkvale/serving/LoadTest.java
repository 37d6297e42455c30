package io.arkvale.serving;

import static io.arkvale.serving.Serving.budget;
import static io.arkvale.serving.Serving.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.serving.http.HttpLimits;
import io.arkvale.serving.load.LoadPlan;
import io.arkvale.serving.load.LoadResult;
import io.arkvale.serving.load.LoadResult.Timed;
import io.arkvale.serving.load.LoadRun;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadTest {
    @Test
    void aRunTimesEveryRequest(@TempDir Path directory) throws Exception {
        var spec = shape().roomFor(budget(64), 300, 4).build();
        try (var serving = new Serving(directory);
                var engine = serving.engine(spec, EngineOptions.usual());
                var service = serving.http(engine, "tiny", HttpLimits.usual())) {
            var plan = new LoadPlan(12, 500, List.of(40, 200), 32, 6, 48, 1);
            var result = LoadRun.run(
                    URI.create("http://127.0.0.1:" + service.address().getPort()), plan);
            assertThat(result.firstError()).isNull();
            assertThat(result.answered()).hasSize(12).allSatisfy(timed -> {
                assertThat(timed.promptTokens()).isIn(40, 200);
                assertThat(timed.answerTokens()).isEqualTo(6);
                assertThat(timed.toFirst()).isBetween(0.0, timed.toEnd());
            });
            assertThat(result.requests().stream().filter(timed -> timed.sharedTokens() > 0))
                    .hasSize(11);
            assertThat(engine.status().ended().get(Finish.LENGTH)).isEqualTo(12);
        }
    }

    @Test
    void quantilesAreOfAnsweredRequests() {
        var result = new LoadResult(
                List.of(
                        new Timed(1, 3, 9, 0, 3, null),
                        new Timed(2, 4, 9, 0, 1, null),
                        new Timed(3, 7, 9, 0, 5, null),
                        new Timed(100, 200, 9, 0, 5, "lost")),
                10);
        assertThat(result.quantile(0.5, Timed::toFirst)).isEqualTo(2);
        assertThat(result.quantile(1, Timed::toEnd)).isEqualTo(7);
        assertThat(result.quantile(1, Timed::perToken)).isEqualTo(1); // one token has no next one
        assertThat(result.tokensPerSecond()).isEqualTo(0.9);
        assertThat(result.requestsPerSecond()).isEqualTo(0.3);
        assertThat(result.firstError()).isEqualTo("lost");
    }
}
