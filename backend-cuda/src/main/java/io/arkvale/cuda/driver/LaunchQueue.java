package io.arkvale.cuda.driver;

import io.arkvale.cuda.driver.Kernels.Grid;
import io.arkvale.cuda.driver.Kernels.Kernel;
import io.arkvale.cuda.kernel.KernelArguments;
import io.arkvale.cuda.kernel.KernelName;
import io.arkvale.cuda.kernel.StructLayout;
import java.util.Map;

/**
 * Where the launches of a cache go. Those of a decode follow each other closely: each may begin before the one in front of
 * it is over, and waits for it itself, where it reads what that one writes.
 */
public final class LaunchQueue {
    private final Device device;
    private final Streams streams;
    private final Map<KernelName, Kernel> kernels;

    private final LaunchBlock block;

    public LaunchQueue(Device device, Streams streams, Map<KernelName, Kernel> kernels) {
        this.device = device;
        this.streams = streams;
        this.kernels = kernels;
        int most = 0;
        for (var name : KernelName.values()) {
            most = Math.max(most, StructLayout.of(name.arguments()).bytes());
        }
        block = new LaunchBlock(most);
    }

    /** How a launch stands to the others. */
    public enum Lane {
        /** In the order of the cache's calls. */
        COMPUTE,
        /** The same, for kernels that wait for the launch in front of them by themselves: they begin before it is over. */
        EARLY,
        /** Beside everything, in the order of prefetches. */
        AHEAD,
        /** Beside everything, in the order of backups. */
        BACKUP
    }

    /** Queues a kernel; its arguments are taken at once. */
    public void launch(KernelName kernel, Grid grid, int threads, int sharedBytes, KernelArguments arguments) {
        launch(kernel, Lane.COMPUTE, grid, threads, sharedBytes, arguments);
    }

    /** Queues a kernel in a lane. */
    public void launch(KernelName name, Lane lane, Grid grid, int threads, int sharedBytes, KernelArguments values) {
        var kernel = kernels.get(name);
        if (kernel == null) {
            throw new IllegalStateException("the cache's element type has no " + name);
        }
        if (values.getClass() != name.arguments()) {
            throw new IllegalArgumentException(name + " does not take " + values);
        }
        StructLayout.of(values.getClass()).write(values, block.arguments(), 0);
        var stream = switch (lane) {
            case COMPUTE, EARLY -> streams.compute;
            case AHEAD -> streams.ahead;
            case BACKUP -> streams.backup;
        };
        block.describe(stream, grid, threads, sharedBytes, lane == Lane.EARLY && device.launchesEarly);
        kernel.launch(block, sharedBytes);
    }
}
