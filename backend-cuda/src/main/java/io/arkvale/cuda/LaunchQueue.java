package io.arkvale.cuda;

import io.arkvale.cuda.Kernels.Grid;
import io.arkvale.cuda.Kernels.Kernel;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jcuda.driver.CUgraph;
import jcuda.driver.CUgraphExec;
import jcuda.driver.CUstreamCaptureMode;
import jcuda.driver.JCudaDriver;
import org.jspecify.annotations.Nullable;

/**
 * Where the launches of a cache go: to the device at once or, within a fused decode, into a list. A list that has been
 * seen often enough, the same to the last byte of its arguments, becomes a CUDA graph, which the host then starts with a single call.
 */
final class LaunchQueue implements AutoCloseable {
    private static final int MOST_GRAPHS = 512;

    /** Uses from which on a list is likely to be seen often, and so is worth a graph. */
    private static final int WORTHWHILE = 3;

    private final Device device;
    private final Streams streams;
    private final CallArguments arguments;
    private final Map<List<Launch>, Graph> graphs = new LinkedHashMap<>(16, 0.75f, true);
    private @Nullable List<Launch> recorded;

    LaunchQueue(Device device, Streams streams, CallArguments arguments) {
        this.device = device;
        this.streams = streams;
        this.arguments = arguments;
    }

    /** How a launch stands to the others. */
    enum Lane {
        COMPUTE,
        /** Beside what compute is given next, until something joins. */
        ASIDE,
        /** Compute, but not before what runs aside is over. */
        JOINED,
        /** Beside everything, in the order of prefetches; never within a fused decode. */
        AHEAD
    }

    private record Launch(Kernel kernel, Lane lane, Grid grid, int threads, int sharedBytes, ByteBuffer arguments) {}

    private static final class Graph {
        private final CUgraphExec executable = new CUgraphExec();
        private boolean instantiated;
        private long uses;

        void destroy() {
            if (instantiated) {
                JCudaDriver.cuGraphExecDestroy(executable);
            }
        }
    }

    /** Queues a kernel with the arguments as they are now. */
    void launch(Kernel kernel, Grid grid, int threads, int sharedBytes) {
        launch(kernel, Lane.COMPUTE, grid, threads, sharedBytes);
    }

    void launch(Kernel kernel, Lane lane, Grid grid, int threads, int sharedBytes) {
        var list = recorded;
        if (list != null) {
            list.add(new Launch(kernel, lane, grid, threads, sharedBytes, arguments.copy()));
        } else {
            run(kernel, lane, grid, threads, sharedBytes);
        }
    }

    private void run(Kernel kernel, Lane lane, Grid grid, int threads, int sharedBytes) {
        switch (lane) {
            case COMPUTE -> kernel.launch(streams.compute, grid, threads, sharedBytes, arguments);
            case ASIDE -> {
                streams.forkAside();
                kernel.launch(streams.aside, grid, threads, sharedBytes, arguments);
            }
            case JOINED -> {
                streams.joinAside();
                kernel.launch(streams.compute, grid, threads, sharedBytes, arguments);
            }
            case AHEAD -> kernel.launch(streams.ahead, grid, threads, sharedBytes, arguments);
        }
    }

    /** Launches from now on belong together, until {@link #end}. */
    void begin() {
        recorded = new ArrayList<>();
    }

    /** Runs what was launched since {@link #begin}. */
    void end() {
        var launches = recorded;
        recorded = null;
        if (launches == null) {
            throw new IllegalStateException("nothing was begun");
        }
        var graph = graphs.computeIfAbsent(launches, missing -> new Graph());
        forgetOldest();
        graph.uses++;
        if (graph.uses < WORTHWHILE) {
            runAll(launches);
            return;
        }
        if (!graph.instantiated) {
            instantiate(graph, launches);
        }
        device.check(JCudaDriver.cuGraphLaunch(graph.executable, streams.compute), "cuGraphLaunch");
    }

    private void runAll(List<Launch> launches) {
        for (var launch : launches) {
            arguments.restore(launch.arguments());
            run(launch.kernel(), launch.lane(), launch.grid(), launch.threads(), launch.sharedBytes());
        }
    }

    private void instantiate(Graph graph, List<Launch> launches) {
        var captured = new CUgraph();
        device.check(
                JCudaDriver.cuStreamBeginCapture(
                        streams.compute, CUstreamCaptureMode.CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
                "cuStreamBeginCapture");
        runAll(launches);
        device.check(JCudaDriver.cuStreamEndCapture(streams.compute, captured), "cuStreamEndCapture");
        device.check(JCudaDriver.cuGraphInstantiate(graph.executable, captured, 0), "cuGraphInstantiate");
        device.check(JCudaDriver.cuGraphDestroy(captured), "cuGraphDestroy");
        graph.instantiated = true;
    }

    private void forgetOldest() {
        if (graphs.size() > MOST_GRAPHS) {
            Iterator<Graph> oldest = graphs.values().iterator();
            oldest.next().destroy();
            oldest.remove();
        }
    }

    @Override
    public void close() {
        graphs.values().forEach(Graph::destroy);
        graphs.clear();
    }
}
