package io.arkvale.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;

class PinnedMemoryTest {
    @Test
    void nothingIsPinnedByAThreadThatHasUsedNoDevice() {
        try (var arena = Arena.ofConfined()) {
            assertThat(PinnedMemory.pin(List.of(arena.allocate(4096)))).isFalse();
        }
    }
}
