package io.arkvale.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OwnPagesTest {
    private static final long SMALL_PAGE = 4096;

    @Test
    void noPageIsSharedAndWhatIsTakenIsZero() {
        Set<Long> pages = new HashSet<>();
        try (var memory = new OwnPages()) {
            for (long bytes : new long[] {1, 48, 1168, 1 << 16, (1 << 16) + 16, 48}) {
                var segment = memory.take(bytes);
                assertThat(segment.byteSize()).isEqualTo(bytes);
                assertThat(segment.get(ValueLayout.JAVA_BYTE, bytes - 1)).isZero();
                long last = (segment.address() + bytes - 1) / SMALL_PAGE;
                for (long page = segment.address() / SMALL_PAGE; page <= last; page++) {
                    assertThat(pages.add(page)).isTrue();
                }
                assertThat(segment.address() % OwnPages.PAGE).isZero();
            }
        }
    }
}
