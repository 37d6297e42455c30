package io.arkvale.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BackendsTest {
    private static final List<BackendOption> OPTIONS = List.of(
            new BackendOption("kernels", "vector", "vector, scalar", "how"),
            new BackendOption("threads", "2", "1 to 4", "how many"));

    @Test
    void aBackendThatIsNotInstalledIsAnErrorThatListsThoseThatAre() {
        assertThatThrownBy(() -> Backends.create("quantum", Map.of()))
                .isInstanceOf(BackendUnavailableException.class)
                .hasMessage("backend 'quantum' is unavailable: no provider of that id is installed; installed are []");
    }

    @Test
    void withoutAnyBackendTheBestOneIsAnError() {
        assertThatThrownBy(Backends::createBest).isInstanceOf(BackendUnavailableException.class);
    }

    @Test
    void optionsLeftOutTakeTheirDefaults() {
        assertThat(BackendOption.resolve(OPTIONS, Map.of("threads", "3")))
                .containsExactlyInAnyOrderEntriesOf(Map.of("kernels", "vector", "threads", "3"));
    }

    @Test
    void unknownOptionsAreRejectedWithTheKnownOnes() {
        assertThatThrownBy(() -> BackendOption.resolve(OPTIONS, Map.of("thread", "3")))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage("unknown backend option 'thread'; allowed: [kernels, threads]");
    }
}
