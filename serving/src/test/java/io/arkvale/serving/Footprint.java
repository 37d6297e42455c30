package io.arkvale.serving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Memory of this process.
 *
 * @param heap bytes in use after a collection
 * @param resident bytes of physical memory; 0 where the system does not say
 */
record Footprint(long heap, long resident) {
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final double MIB = 1 << 20;

    static Footprint now() throws IOException {
        System.gc();
        var runtime = Runtime.getRuntime();
        long resident = 0;
        if (Files.isReadable(STATUS)) {
            for (var line : Files.readAllLines(STATUS)) {
                if (line.startsWith("VmRSS:")) {
                    resident = Long.parseLong(line.replaceAll("\\D", "")) << 10;
                }
            }
        }
        return new Footprint(runtime.totalMemory() - runtime.freeMemory(), resident);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "heap %.1f MiB, resident %.1f MiB", heap / MIB, resident / MIB);
    }
}
