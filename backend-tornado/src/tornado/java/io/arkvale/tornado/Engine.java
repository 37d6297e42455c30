package io.arkvale.tornado;

import io.arkvale.api.BackendLostException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntUnaryOperator;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * One array of device memory, in which caches have their pools, and one execution plan, made once, whose graphs work on
 * it. The array stays on the device; with each execution go a table of what to do and the rows it names, and what comes
 * back is what its graph collects. Kernels are compiled for the plan, not for a cache. Used by one thread at a time, the
 * one that holds {@link #lock}.
 */
final class Engine implements AutoCloseable {
    /** Threads of a work group. */
    static final int LANES = 64;

    static final int MOST_HEAD_DIM = 256;
    static final int MOST_PAGE_SIZE = 128;

    /** Work groups of an execution; more items share them. */
    private static final int MOST_GROUPS = 1 << 15;

    /** Work groups of a replayed execution, whose number cannot change: enough to fill a large device. */
    private static final int REPLAYED_GROUPS = 1 << 11;

    /** What an execution does. */
    enum Graph {
        START(0, "start", "clear"),
        APPEND(1, "append", "append", "digest"),
        ESTIMATE(2, "estimate", "score", "combine", "select"),
        ATTEND(3, "attend", "attend", "merge"),
        PUT(4, "put", "put"),
        GATHER(5, "gather", "gather");

        /** Its place in the plan. */
        private final int number;

        private final String id;
        private final String first;

        /** Tasks after the first, which share the table's second items. */
        @SuppressWarnings("ImmutableEnumChecker") // made by List.of
        private final List<String> others;

        Graph(int number, String id, String first, String... others) {
            this.number = number;
            this.id = id;
            this.first = first;
            this.others = List.of(others);
        }
    }

    final ReentrantLock lock = new ReentrantLock();
    final Table table;
    final DeviceMemory memory;

    /** Where results that only kernels read are kept for a moment. */
    final int scratch;

    final int scratchElements;
    private final FloatArray pool;
    private final FloatArray rows;
    private final FloatArray results;
    private final FloatArray pagesIn;
    private final FloatArray pagesOut;
    private final GridScheduler grids = new GridScheduler();
    private final WorkerGrid1D[] firstGrids = new WorkerGrid1D[Graph.values().length];
    private final WorkerGrid1D[] secondGrids = new WorkerGrid1D[Graph.values().length];
    private final TornadoExecutionPlan plan;
    private final boolean timed;
    private final IntUnaryOperator groups;
    private long kernelNanos;
    private long writes;
    private boolean lost;

    /**
     * Makes an engine, which holds its device memory until it is closed.
     *
     * @param timed whether the time of kernels is taken
     * @param replayed whether executions are recorded once as CUDA graphs and then replayed
     */
    Engine(TornadoDevice device, EngineSize size, boolean timed, boolean replayed) {
        this.timed = timed;
        groups = replayed ? items -> REPLAYED_GROUPS : items -> Math.clamp(items, 1, MOST_GROUPS);
        pool = new FloatArray(size.memoryElements());
        rows = new FloatArray(size.rowElements());
        results = new FloatArray(size.rowElements());
        pagesIn = new FloatArray(size.stagingElements());
        pagesOut = new FloatArray(size.stagingElements());
        table = new Table(size.tableNumbers());
        memory = new DeviceMemory(size.memoryElements());
        scratchElements = size.scratchElements();
        scratch = memory.take(scratchElements);
        plan = new TornadoExecutionPlan(graphs());
        plan.withDevice(device);
        plan.withGridScheduler(grids);
        if (timed) {
            plan.withProfiler(ProfilerMode.SILENT);
        }
        if (replayed) {
            plan.withCUDAGraph();
        }
        run(Graph.START);
    }

    private ImmutableTaskGraph[] graphs() {
        var start = new TaskGraph(Graph.START.id)
                .task("clear", ClearKernel::clear, new KernelContext(), pool)
                .persistOnDevice(pool);
        var append = begin(Graph.APPEND)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, rows)
                .task("append", AppendKernel::append, new KernelContext(), table.numbers, rows, pool)
                .task("digest", DigestKernel::digest, new KernelContext(), table.numbers, pool);
        var estimate = begin(Graph.ESTIMATE)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, rows)
                .task("score", ScoreKernel::score, new KernelContext(), table.numbers, rows, pool)
                .task("combine", GroupScoreKernel::combine, new KernelContext(), table.numbers, pool, results)
                .task("select", SelectKernel::rank, new KernelContext(), table.numbers, results)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, results);
        var attend = begin(Graph.ATTEND)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, rows)
                .task("attend", AttendKernel::attend, new KernelContext(), table.numbers, rows, pool)
                .task("merge", MergeKernel::merge, new KernelContext(), table.numbers, pool, results)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, results);
        var put = begin(Graph.PUT)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, pagesIn)
                .task("put", PutKernel::put, new KernelContext(), table.numbers, pagesIn, pool);
        var gather = begin(Graph.GATHER)
                .task("gather", GatherKernel::gather, new KernelContext(), table.numbers, pool, pagesOut)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, pagesOut);
        for (var graph : Graph.values()) {
            firstGrids[graph.number] = grid(graph.id, List.of(graph.first));
            secondGrids[graph.number] = grid(graph.id, graph.others);
        }
        return new ImmutableTaskGraph[] {
            start.snapshot(),
            append.snapshot(),
            estimate.snapshot(),
            attend.snapshot(),
            put.snapshot(),
            gather.snapshot()
        };
    }

    /** The first graph alone persists the pool, and so alone frees it. */
    private TaskGraph begin(Graph graph) {
        return new TaskGraph(graph.id)
                .consumeFromDevice(pool)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, table.numbers);
    }

    /** A grid that the given tasks share. */
    private WorkerGrid1D grid(String graph, List<String> tasks) {
        var grid = new WorkerGrid1D(LANES);
        grid.setLocalWork(LANES, 1, 1);
        tasks.forEach(task -> grids.addWorkerGrid(graph + "." + task, grid));
        return grid;
    }

    int rowElements() {
        return rows.getSize();
    }

    /** Copies {@code count} float32 numbers to the rows of the next execution. */
    void setRows(int at, MemorySegment source, long sourceOffset, int count) {
        MemorySegment.copy(
                source, sourceOffset, rows.getSegment(), (long) at * Float.BYTES, (long) count * Float.BYTES);
    }

    /** Copies {@code count} numbers of the last execution's results to where they are wanted. */
    void getResults(int at, MemorySegment target, long targetOffset, int count) {
        copyOut(results, at, target, targetOffset, count);
    }

    int stagingElements() {
        return pagesIn.getSize();
    }

    /** Copies {@code count} numbers of a page to where the next {@link Graph#PUT} takes them from. */
    void setPages(int at, MemorySegment source, long sourceOffset, int count) {
        MemorySegment.copy(
                source, sourceOffset, pagesIn.getSegment(), (long) at * Float.BYTES, (long) count * Float.BYTES);
    }

    /** Copies {@code count} numbers that the last {@link Graph#GATHER} collected to where they are wanted. */
    void getPages(int at, MemorySegment target, long targetOffset, int count) {
        copyOut(pagesOut, at, target, targetOffset, count);
    }

    private static void copyOut(FloatArray from, int at, MemorySegment target, long targetOffset, int count) {
        MemorySegment.copy(
                from.getSegment(), (long) at * Float.BYTES, target, targetOffset, (long) count * Float.BYTES);
    }

    /** One number of the last execution's results. */
    float result(int at) {
        return results.get(at);
    }

    /** Copies results to the heap. */
    void getResults(int at, float[] target, int targetAt, int count) {
        MemorySegment.copy(
                results.getSegment(), ValueLayout.JAVA_FLOAT, (long) at * Float.BYTES, target, targetAt, count);
    }

    /**
     * Does what the table says, and returns when it is done.
     *
     * @throws BackendLostException if the device fails
     */
    void run(Graph graph) {
        if (lost) {
            throw new BackendLostException("the device failed before", null);
        }
        if (graph != Graph.GATHER) {
            writes++;
        }
        table.seal(groups);
        resize(firstGrids[graph.number], Table.GROUPS);
        resize(secondGrids[graph.number], Table.SECOND_GROUPS);
        try {
            var result = plan.withGraph(graph.number).execute();
            if (timed) {
                kernelNanos += result.getProfilerResult().getDeviceKernelTime();
            }
        } catch (RuntimeException e) {
            lost = true;
            throw new BackendLostException("TornadoVM failed to run '" + graph.id + "': " + e, e);
        }
    }

    /** Counts what may have changed device memory: every execution but those that only collect. */
    long writes() {
        return writes;
    }

    /** Whether the time of kernels is taken. */
    boolean isTimed() {
        return timed;
    }

    /** Time that kernels have taken on the device so far. */
    long kernelNanos() {
        return kernelNanos;
    }

    private void resize(WorkerGrid1D grid, int header) {
        grid.setGlobalWork((long) LANES * table.numbers.get(header), 1, 1);
    }

    /** Bytes of device memory that it holds beside the caches' pools. */
    long overheadBytes() {
        return Float.BYTES * (scratchElements + 2L * rows.getSize() + 2L * pagesIn.getSize())
                + (long) Integer.BYTES * table.numbers.getSize();
    }

    @Override
    public void close() {
        try {
            // Otherwise only the arrays of the graph that ran last are freed.
            plan.withAllGraphs();
            plan.close();
        } catch (TornadoExecutionPlanException e) {
            throw new BackendLostException("TornadoVM failed to free device memory", e);
        }
    }
}
