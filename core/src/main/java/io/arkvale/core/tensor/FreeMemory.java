package io.arkvale.core.tensor;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much memory outside the heap can still be had: what the virtual machine allows and what the machine has. The
 * virtual machine takes more than the machine has without a word and is killed when it uses it, so large requests are
 * compared first.
 */
final class FreeMemory {
    /** Requests up to this size are made without a look, which costs more than they do. */
    private static final long SMALL = 1L << 26;

    private static final Path LINUX = Path.of("/proc/meminfo");

    private FreeMemory() {}

    /** An upper bound for a request: exact for large ones. */
    static long forRequest(long bytes) {
        return bytes <= SMALL ? Long.MAX_VALUE : outsideTheHeap();
    }

    static long outsideTheHeap() {
        return Math.max(0, Math.min(allowed(), onTheMachine()));
    }

    /** What {@code -XX:MaxDirectMemorySize} leaves; without the option as much as the heap may have. */
    private static long allowed() {
        var option = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .getVMOption("MaxDirectMemorySize");
        long limit = Long.parseLong(option.getValue());
        if (limit == 0) {
            limit = Runtime.getRuntime().maxMemory();
        }
        for (var pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            if (pool.getName().equals("direct")) {
                limit -= pool.getMemoryUsed();
            }
        }
        return limit;
    }

    /** Linux counts what its caches would give back as available; elsewhere there is only what is free. */
    private static long onTheMachine() {
        try {
            if (Files.isReadable(LINUX)) {
                for (var line : Files.readAllLines(LINUX)) {
                    if (line.startsWith("MemAvailable:")) {
                        return Math.multiplyExact(Long.parseLong(line.replaceAll("[^0-9]", "")), 1024L);
                    }
                }
            }
        } catch (IOException e) {
            // Asked another way below.
        }
        return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getFreeMemorySize();
    }
}
