package io.arkvale.tornado;

import io.arkvale.api.BackendLostException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntUnaryOperator;
import uk.ac.manchester.tornado.api.GridScheduler;
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

    final ReentrantLock lock = new ReentrantLock();
    final Execution next;
    final DeviceMemory memory;

    /** Where results that only kernels read are kept for a moment. */
    final int scratch;

    final int scratchElements;
    private final Table table;
    private final DeviceOnly<FloatArray> pool;
    private final FloatArray rows;
    private final FloatArray results;
    private final FloatArray pagesIn;
    private final FloatArray pagesOut;
    private final GridScheduler grids = new GridScheduler();

    /** The sections whose items each grid of a graph's tasks serves. */
    private final Map<Graph, List<Grid>> gridsOf = new TreeMap<>();

    private final TornadoExecutionPlan plan;
    private final boolean timed;
    private final IntUnaryOperator groups;
    private long kernelNanos;
    private long writes;
    private boolean lost;

    /** Work groups of a task: as many as its largest section wants. */
    private record Grid(WorkerGrid1D workers, List<Section> sections) {}

    /**
     * Makes an engine, which holds its device memory until it is closed.
     *
     * @param timed whether the time of kernels is taken
     * @param replayed whether executions are recorded once as CUDA graphs and then replayed
     */
    Engine(TornadoDevice device, EngineSize size, boolean timed, boolean replayed) {
        this.timed = timed;
        groups = replayed ? items -> REPLAYED_GROUPS : items -> Math.clamp(items, 1, MOST_GROUPS);
        rows = new FloatArray(size.rowElements());
        results = new FloatArray(size.rowElements());
        pagesIn = new FloatArray(size.stagingElements());
        pagesOut = new FloatArray(size.stagingElements());
        table = new Table(size.tableNumbers());
        next = new Execution(this, table);
        memory = new DeviceMemory(size.memoryElements());
        scratchElements = size.scratchElements();
        scratch = memory.take(scratchElements);
        pool = DeviceOnly.floats(size.memoryElements());
        plan = new TornadoExecutionPlan(
                start().snapshot(),
                append().snapshot(),
                backUp().snapshot(),
                put().snapshot(),
                estimate().snapshot(),
                attend(Graph.ATTEND).snapshot(),
                attend(Graph.RECALL).snapshot(),
                decode().snapshot());
        plan.withDevice(device);
        plan.withGridScheduler(grids);
        if (timed) {
            plan.withProfiler(ProfilerMode.SILENT);
        }
        if (replayed) {
            plan.withCUDAGraph();
        }
        // What cannot be pinned is reported on standard output.
        NativeOutput.toStandardError(() -> clear(size.memoryElements()));
    }

    private boolean clear(int elements) {
        table.header(Table.LENGTH, elements);
        for (int at = 0; at < Math.ceilDiv(elements, ClearKernel.PIECE); at++) {
            table.item(Section.CLEAR);
        }
        run(Graph.START);
        table.clear();
        return true;
    }

    private TaskGraph start() {
        grid(Graph.START, "clear", Section.CLEAR);
        // Under demand: never. What is not mentioned would be sent.
        return new TaskGraph(Graph.START.id)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, table.numbers)
                .transferToDevice(DataTransferMode.UNDER_DEMAND, pool.array())
                .task("clear", ClearKernel::clear, new KernelContext(), table.numbers, pool.array())
                .persistOnDevice(pool.array());
    }

    private TaskGraph append() {
        return appended(begin(Graph.APPEND).transferToDevice(DataTransferMode.EVERY_EXECUTION, rows), Graph.APPEND);
    }

    private TaskGraph appended(TaskGraph graph, Graph name) {
        grid(name, "append", Section.APPEND);
        grid(name, "digest", Section.DIGEST);
        return graph.task("append", AppendKernel::append, new KernelContext(), table.numbers, rows, pool.array())
                .task("digest", DigestKernel::digest, new KernelContext(), table.numbers, pool.array());
    }

    private TaskGraph backUp() {
        grid(Graph.BACK_UP, "gather", Section.GATHER);
        var graph = begin(Graph.BACK_UP).transferToDevice(DataTransferMode.EVERY_EXECUTION, rows);
        return appended(graph, Graph.BACK_UP)
                .task("gather", GatherKernel::gather, new KernelContext(), table.numbers, pool.array(), pagesOut)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, pagesOut);
    }

    private TaskGraph put() {
        return put(begin(Graph.PUT), Graph.PUT);
    }

    private TaskGraph put(TaskGraph graph, Graph name) {
        grid(name, "put", Section.PUT);
        return graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, pagesIn)
                .task("put", PutKernel::put, new KernelContext(), table.numbers, pagesIn, pool.array());
    }

    private TaskGraph estimate() {
        return ranked(begin(Graph.ESTIMATE), Graph.ESTIMATE).transferToHost(DataTransferMode.EVERY_EXECUTION, results);
    }

    /** Rows that wait are put in place beside the scoring, which does not read them. */
    private TaskGraph ranked(TaskGraph graph, Graph name) {
        grid(name, "score", Section.APPEND, Section.SCORE);
        grid(name, "combine", Section.RANK);
        grid(name, "rank", Section.RANK);
        return graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, rows)
                .task("score", ScoreKernel::appendAndScore, new KernelContext(), table.numbers, rows, pool.array())
                .task("combine", GroupScoreKernel::combine, new KernelContext(), table.numbers, pool.array(), results)
                .task("rank", RankKernel::rank, new KernelContext(), table.numbers, results);
    }

    private TaskGraph attend(Graph name) {
        var graph = begin(name).transferToDevice(DataTransferMode.EVERY_EXECUTION, rows);
        if (name == Graph.RECALL) {
            graph = put(graph, name);
        } else {
            grid(name, "append", Section.APPEND);
            graph = graph.task("append", AppendKernel::append, new KernelContext(), table.numbers, rows, pool.array());
        }
        return attended(graph, name);
    }

    private TaskGraph attended(TaskGraph graph, Graph name) {
        grid(name, "attend", Section.ATTEND);
        grid(name, "merge", Section.MERGE);
        return graph.task("attend", AttendKernel::attend, new KernelContext(), table.numbers, rows, pool.array())
                .task("merge", MergeKernel::merge, new KernelContext(), table.numbers, pool.array(), results)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, results);
    }

    private TaskGraph decode() {
        grid(Graph.DECODE, "choose", Section.CHOOSE);
        var graph = ranked(begin(Graph.DECODE), Graph.DECODE)
                .task("choose", ChooseKernel::choose, new KernelContext(), table.numbers, results);
        return attended(graph, Graph.DECODE);
    }

    /** The first graph alone persists the pool, and so alone frees it. */
    private TaskGraph begin(Graph graph) {
        return new TaskGraph(graph.id)
                .consumeFromDevice(pool.array())
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, table.numbers);
    }

    private void grid(Graph graph, String task, Section... sections) {
        var workers = new WorkerGrid1D(LANES);
        workers.setLocalWork(LANES, 1, 1);
        grids.addWorkerGrid(graph.id + "." + task, workers);
        gridsOf.computeIfAbsent(graph, key -> new ArrayList<>()).add(new Grid(workers, List.of(sections)));
    }

    int rowElements() {
        return rows.getSize();
    }

    int resultElements() {
        return results.getSize();
    }

    int tableNumbers() {
        return table.capacity();
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

    /** Copies {@code count} numbers of a page to where the next execution takes them from. */
    void setPages(int at, MemorySegment source, long sourceOffset, int count) {
        MemorySegment.copy(
                source, sourceOffset, pagesIn.getSegment(), (long) at * Float.BYTES, (long) count * Float.BYTES);
    }

    /** Copies {@code count} numbers that the last execution collected to where they are wanted. */
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

    /**
     * Does what the table says, and returns when it is done.
     *
     * @throws BackendLostException if the device fails
     */
    void run(Graph graph) {
        if (lost) {
            throw new BackendLostException("the device failed before", null);
        }
        if (!table.used().equals(Graph.READS)) {
            writes++;
        }
        table.seal(groups);
        for (var grid : gridsOf.getOrDefault(graph, List.of())) {
            int most = grid.sections().stream().mapToInt(table::groups).max().orElse(1);
            grid.workers().setGlobalWork((long) LANES * most, 1, 1);
        }
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

    /** Bytes of device memory that it holds beside the caches' pools. */
    long overheadBytes() {
        return (long) Float.BYTES * scratchElements + stagingBytes();
    }

    /** Bytes of what goes with an execution and comes back, on the device and as many on the host. */
    private long stagingBytes() {
        return Float.BYTES * (2L * rows.getSize() + 2L * pagesIn.getSize())
                + (long) Integer.BYTES * table.numbers.getSize();
    }

    /** Bytes of host memory that it holds. */
    long hostBytes() {
        return stagingBytes() + pool.hostBytes();
    }

    @Override
    public void close() {
        try (pool) {
            // Otherwise only the arrays of the graph that ran last are freed.
            plan.withAllGraphs();
            plan.close();
        } catch (TornadoExecutionPlanException e) {
            throw new BackendLostException("TornadoVM failed to free device memory", e);
        }
    }
}
