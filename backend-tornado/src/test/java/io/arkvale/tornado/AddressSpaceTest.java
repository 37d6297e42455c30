package io.arkvale.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class AddressSpaceTest {
    private static final long BYTES = 64L << 30;

    /** More than machines that run this have: memory would not be given, or not be there. */
    @Test
    void holdsNoMemory() throws Exception {
        long before = resident();
        try (var addresses = reserve(BYTES)) {
            var segment = addresses.segment();
            assertThat(segment.byteSize()).isEqualTo(BYTES);
            segment.set(ValueLayout.JAVA_INT, 0, 7);
            assertThat(segment.get(ValueLayout.JAVA_INT, 0)).isEqualTo(7);
            assertThat(segment.get(ValueLayout.JAVA_INT, AddressSpace.USABLE - Integer.BYTES))
                    .isZero();
            assertThat(resident() - before).isLessThan(1 << 28);
        }
    }

    @Test
    void givesAddressesBack() throws Exception {
        long before = virtual();
        for (int i = 0; i < 4; i++) {
            reserve(BYTES).close();
        }
        assertThat(virtual() - before).isLessThan(BYTES);
    }

    @Test
    void hasRoomForTheHeaderHoweverFewAreAskedFor() {
        try (var addresses = reserve(20)) {
            assertThat(addresses.segment().byteSize()).isEqualTo(20);
            addresses.segment().set(ValueLayout.JAVA_INT, 16, 1);
        }
    }

    private static AddressSpace reserve(long bytes) {
        return Objects.requireNonNull(AddressSpace.reserve(bytes), "no addresses");
    }

    private static long resident() throws IOException {
        return status("VmRSS:");
    }

    private static long virtual() throws IOException {
        return status("VmSize:");
    }

    private static long status(String name) throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
        }
        throw new IOException("no " + name);
    }
}
