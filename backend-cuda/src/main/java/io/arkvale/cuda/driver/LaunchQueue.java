package io.arkvale.cuda.driver;

import io.arkvale.cuda.driver.Kernels.Grid;
import io.arkvale.cuda.driver.Kernels.Kernel;
import io.arkvale.cuda.kernel.KernelArguments;
import io.arkvale.cuda.kernel.KernelName;
import io.arkvale.cuda.kernel.StructLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jcuda.Pointer;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUresult;
import jcuda.driver.CUstreamCaptureMode;
import org.jspecify.annotations.Nullable;

/**
 * Where the launches of a cache go: to the device at once or, within {@link #fused}, into a list. A list that has been
 * seen often enough, the same to the last argument, becomes a CUDA graph, which the host then starts with a
 * single call.
 *
 * <p>Graphs are a faster way to the same launches. If the driver lacks the memory for one, all are given up, which frees
 * theirs, and the launches go out one by one until a list has been seen often again.
 */
public final class LaunchQueue implements AutoCloseable {
    private static final int MOST_GRAPHS = 512;

    /** Uses from which on a list is likely to be seen often, and so is worth a graph. */
    private static final int WORTHWHILE = 3;

    private final Device device;
    private final Streams streams;
    private final Map<KernelName, Kernel> kernels;

    /** The arguments of the launch at work, and as the driver wants them: a list of pointers to them, of which there is one. */
    private final ByteBuffer arguments;

    private final Pointer pointer;
    private final Map<List<Launch>, Graph> graphs = new LinkedHashMap<>(16, 0.75f, true);
    private @Nullable List<Launch> recorded;

    public LaunchQueue(Device device, Streams streams, Map<KernelName, Kernel> kernels) {
        this.device = device;
        this.streams = streams;
        this.kernels = kernels;
        int most = 0;
        for (var name : KernelName.values()) {
            most = Math.max(most, StructLayout.of(name.arguments()).bytes());
        }
        arguments = ByteBuffer.allocateDirect(most).order(ByteOrder.nativeOrder());
        pointer = Pointer.to(Pointer.to(arguments));
    }

    /** How a launch stands to the others. */
    public enum Lane {
        /** In the order of the cache's calls. */
        COMPUTE,
        /** Beside what compute is given next, until something joins. */
        ASIDE,
        /** Compute, but not before what runs aside is over. */
        JOINED,
        /** Beside everything, in the order of prefetches; never within a fused decode. */
        AHEAD,
        /** Beside everything, in the order of backups; never within a fused decode. */
        BACKUP
    }

    private record Launch(
            Kernel kernel, Lane lane, Grid grid, int threads, int sharedBytes, KernelArguments arguments) {}

    private static final class Graph {
        private final CUgraphExec executable = new CUgraphExec();
        private boolean instantiated;
        private long uses;
    }

    /** Queues a kernel; its arguments are taken at once. */
    public void launch(KernelName kernel, Grid grid, int threads, int sharedBytes, KernelArguments arguments) {
        launch(kernel, Lane.COMPUTE, grid, threads, sharedBytes, arguments);
    }

    /** Queues a kernel in a lane. */
    public void launch(KernelName name, Lane lane, Grid grid, int threads, int sharedBytes, KernelArguments arguments) {
        var kernel = kernels.get(name);
        if (kernel == null) {
            throw new IllegalStateException("the cache's element type has no " + name);
        }
        if (arguments.getClass() != name.arguments()) {
            throw new IllegalArgumentException(name + " does not take " + arguments);
        }
        var launch = new Launch(kernel, lane, grid, threads, sharedBytes, arguments);
        var list = recorded;
        if (list != null) {
            list.add(launch);
        } else {
            run(launch);
        }
    }

    private void run(Launch launch) {
        if (launch.lane() == Lane.ASIDE) {
            streams.forkAside();
        } else if (launch.lane() == Lane.JOINED) {
            streams.joinAside();
        }
        var stream = switch (launch.lane()) {
            case COMPUTE, JOINED -> streams.compute;
            case ASIDE -> streams.aside;
            case AHEAD -> streams.ahead;
            case BACKUP -> streams.backup;
        };
        StructLayout.of(launch.arguments().getClass()).write(launch.arguments(), arguments, 0);
        launch.kernel().launch(stream, launch.grid(), launch.threads(), launch.sharedBytes(), pointer);
    }

    /** Runs what is launched in the meantime as one; nothing of it if that fails. */
    public void fused(Runnable launching) {
        var launches = new ArrayList<Launch>();
        recorded = launches;
        try {
            launching.run();
        } finally {
            recorded = null;
        }
        if (!runsAsGraph(launches)) {
            launches.forEach(this::run);
        }
    }

    private boolean runsAsGraph(List<Launch> launches) {
        var graph = graphs.computeIfAbsent(launches, missing -> new Graph());
        forgetOldest();
        graph.uses++;
        if (graph.uses < WORTHWHILE) {
            return false;
        }
        if ((graph.instantiated || instantiate(graph, launches))
                && fits(device.driver.cuGraphLaunch(graph.executable, streams.compute), "cuGraphLaunch")) {
            return true;
        }
        close();
        return false;
    }

    /** Whether the driver had the memory for a call. */
    private boolean fits(int result, String call) {
        if (result == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            return false;
        }
        device.check(result, call);
        return true;
    }

    /** Makes the executable graph; false if there is no memory for it. */
    private boolean instantiate(Graph graph, List<Launch> launches) {
        var captured = new CUgraph();
        if (!capture(launches, captured)) {
            return false;
        }
        int result = device.driver.cuGraphInstantiate(graph.executable, captured);
        device.check(device.driver.cuGraphDestroy(captured), "cuGraphDestroy");
        graph.instantiated = fits(result, "cuGraphInstantiate");
        return graph.instantiated;
    }

    /** Captures the launches; ends the capture even if one fails. */
    private boolean capture(List<Launch> launches, CUgraph into) {
        int begun = device.driver.cuStreamBeginCapture(
                streams.compute, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
        if (!fits(begun, "cuStreamBeginCapture")) {
            return false;
        }
        int ended;
        try {
            launches.forEach(this::run);
        } finally {
            ended = device.driver.cuStreamEndCapture(streams.compute, into);
        }
        return fits(ended, "cuStreamEndCapture");
    }

    private void forgetOldest() {
        if (graphs.size() > MOST_GRAPHS) {
            Iterator<Graph> oldest = graphs.values().iterator();
            destroy(oldest.next());
            oldest.remove();
        }
    }

    private void destroy(Graph graph) {
        if (graph.instantiated) {
            device.driver.cuGraphExecDestroy(graph.executable);
        }
    }

    /** Gives up all graphs. */
    @Override
    public void close() {
        graphs.values().forEach(this::destroy);
        graphs.clear();
    }
}
