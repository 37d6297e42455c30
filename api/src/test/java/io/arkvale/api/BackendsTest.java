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

    @Test
    void capabilitiesRejectWhatTheyDoNotNameAndNothingElse() {
        var capabilities = new Capabilities(
                java.util.Set.of(ElementType.F16),
                new Capabilities.SizeRange(64, 128, 64),
                Capabilities.SizeRange.of(8, 64),
                Capabilities.SizeRange.of(1, 8),
                false,
                true,
                true,
                true);
        var legal = CacheSpec.builder(1, 8, 1, 128).elementType(ElementType.F16).deviceSlots(1);

        capabilities.require(legal.build());
        assertThatThrownBy(() -> capabilities.require(legal.pageSize(65).build()))
                .isInstanceOf(UnsupportedSpecException.class)
                .hasMessage("pageSize is 65; this backend supports 8 to 64");
        assertThatThrownBy(() -> capabilities.require(CacheSpec.builder(1, 8, 1, 96)
                        .elementType(ElementType.F16)
                        .deviceSlots(1)
                        .build()))
                .hasMessage("headDim is 96; this backend supports 64 to 128, multiples of 64");
    }
}
