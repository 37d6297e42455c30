package io.arkvale.tornado;

import io.arkvale.api.BackendLostException;
import io.arkvale.api.ElementType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/**
 * Arrays of device memory, in which caches have their pages and digests, and one execution plan, made once, whose graphs work
 * on them. These arrays stay on the device; with each execution go a table of what to do and the rows it names, and what comes
 * back is what its graph collects. Kernels are compiled for the plan, not for a cache. Used by one thread at a time, the
 * one that holds {@link #lock}.
 */
final class Engine implements AutoCloseable {
    /** Threads of a work group. */
    static final int LANES = 64;

    static final int MOST_HEAD_DIM = 256;
    static final int MOST_PAGE_SIZE = 128;

    /** Elements of an array that is there because kernels name it. */
    private static final int UNUSED = 16;

    /** Work groups of an execution; more items share them. */
    private static final int MOST_GROUPS = 1 << 15;

    /** Work groups of a replayed execution, whose number cannot change: enough to fill a large device. */
    private static final int REPLAYED_GROUPS = 1 << 11;

    final ReentrantLock lock = new ReentrantLock();
    final Execution next;

    /** Numbers: digests, and scratch. */
    final DeviceMemory memory;

    /** Elements of pages. */
    final DeviceMemory pageMemory;

    /** Where results that only kernels read are kept for a moment. */
    final int scratch;

    final int scratchElements;
    private final HostArrays arrays = new HostArrays();
    private final Table table;
    private final boolean isNarrow;
    private final DeviceOnly<FloatArray> pool;

    /** Pages of float32 elements, and pages of 16 bits: one of the two is next to nothing. */
    private final DeviceOnly<FloatArray> pages;

    private final DeviceOnly<ShortArray> narrow;
    private final FloatArray scales;
    private final FloatArray rows;
    private final FloatArray results;
    private final FloatArray pagesIn;
    private final FloatArray pagesOut;
    private final ShortArray narrowIn;
    private final ShortArray narrowOut;
    private final int staging;
    private final Conversion conversion = new Conversion();
    private final GridScheduler grids = new GridScheduler();

    /** The sections whose items each grid of a graph's tasks serves. */
    private final Map<Graph, List<Grid>> gridsOf = new TreeMap<>();

    /** What {@link #start} clears; not the table, which TornadoVM shall not have seen before it is pinned. */
    private final Table cleared;

    private final TornadoExecutionPlan plan;
    private final boolean timed;
    private IntUnaryOperator groups = items -> Math.clamp(items, 1, MOST_GROUPS);
    private long kernelNanos;
    private long writes;
    private boolean lost;

    /** Work groups of a task: as many as its largest section wants. */
    private record Grid(WorkerGrid1D workers, List<Section> sections) {}

    /**
     * Makes an engine, which holds its device memory until it is closed.
     *
     * @param timed whether the time of kernels is taken
     * @param replay whether executions are recorded once as CUDA graphs and then replayed
     */
    Engine(TornadoDevice device, EngineSize size, boolean timed, TornadoOptions.Replay replay) {
        this.timed = timed;
        rows = arrays.floats(size.rowElements());
        results = arrays.floats(size.rowElements());
        scales = Stored.scales(arrays);
        isNarrow = size.isNarrow();
        staging = size.stagingElements();
        pagesIn = arrays.floats(isNarrow ? UNUSED : staging);
        pagesOut = arrays.floats(isNarrow ? UNUSED : staging);
        narrowIn = arrays.shorts(isNarrow ? staging : UNUSED);
        narrowOut = arrays.shorts(isNarrow ? staging : UNUSED);
        table = new Table(arrays.ints(size.tableNumbers()));
        cleared = new Table(arrays.ints(Table.START));
        next = new Execution(this, table);
        memory = new DeviceMemory(size.memoryElements());
        scratchElements = size.scratchElements();
        scratch = memory.take(scratchElements);
        pageMemory = new DeviceMemory(size.pageElements());
        pool = DeviceOnly.floats(size.memoryElements(), arrays);
        pages = DeviceOnly.floats(isNarrow ? UNUSED : size.pageElements(), arrays);
        narrow = DeviceOnly.shorts(isNarrow ? size.pageElements() : UNUSED, arrays);
        plan = new TornadoExecutionPlan(
                start().snapshot(),
                append().snapshot(),
                backUp().snapshot(),
                put().snapshot(),
                estimate().snapshot(),
                attend(Graph.ATTEND).snapshot(),
                attend(Graph.RECALL).snapshot(),
                copy().snapshot(),
                look().snapshot(),
                decode().snapshot());
        plan.withDevice(device);
        plan.withGridScheduler(grids);
        if (timed) {
            plan.withProfiler(ProfilerMode.SILENT);
        }
        begin();
        if (replay != TornadoOptions.Replay.OFF && !record() && replay == TornadoOptions.Replay.ON) {
            close();
            throw new IllegalStateException("what replayed executions copy cannot be pinned");
        }
    }

    /** Takes the device memory; nothing is left of it if that fails. */
    private void begin() {
        try {
            // What cannot be pinned is reported on standard output.
            NativeOutput.toStandardError(this::clear);
        } catch (RuntimeException | Error e) {
            try {
                close();
            } catch (RuntimeException | Error closing) { // TornadoVM cannot close what it has not all allocated
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    /** Has all executions from now on recorded and replayed, if what they copy can be kept in its place. */
    private boolean record() {
        boolean isPinned = arrays.pin(
                List.of(table.numbers, rows, results, isNarrow ? narrowIn : pagesIn, isNarrow ? narrowOut : pagesOut));
        if (isPinned) {
            groups = items -> REPLAYED_GROUPS;
            plan.withAllGraphs();
            plan.withCUDAGraph();
        }
        return isPinned;
    }

    private boolean clear() {
        cleared.header(Table.MEMORY_LENGTH, pool.array().getSize());
        cleared.header(Table.PAGES_LENGTH, pages.array().getSize());
        cleared.header(Table.NARROW_LENGTH, narrow.array().getSize());
        int most = Math.max(
                pool.array().getSize(),
                Math.max(pages.array().getSize(), narrow.array().getSize()));
        for (int item = 0; item < Math.ceilDiv(most, ClearKernel.PIECE); item++) {
            cleared.item(Section.CLEAR);
        }
        execute(Graph.START, cleared);
        return true;
    }

    private TaskGraph start() {
        grid(Graph.START, "clear", Section.CLEAR);
        // Under demand: never. What is not mentioned would be sent.
        return new TaskGraph(Graph.START.id)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, cleared.numbers)
                .transferToDevice(DataTransferMode.UNDER_DEMAND, pool.array(), pages.array(), narrow.array())
                .task(
                        "clear",
                        ClearKernel::clear,
                        new KernelContext(),
                        cleared.numbers,
                        pool.array(),
                        pages.array(),
                        narrow.array())
                .persistOnDevice(pool.array(), pages.array(), narrow.array());
    }

    private TaskGraph append() {
        return appended(begin(Graph.APPEND).transferToDevice(DataTransferMode.EVERY_EXECUTION, rows), Graph.APPEND);
    }

    private TaskGraph stored(TaskGraph graph, Graph name) {
        grid(name, "append", Section.APPEND);
        return graph.task(
                "append",
                AppendKernel::append,
                new KernelContext(),
                table.numbers,
                rows,
                pages.array(),
                narrow.array());
    }

    private TaskGraph appended(TaskGraph graph, Graph name) {
        grid(name, "digest", Section.DIGEST);
        return stored(graph, name)
                .task(
                        "digest",
                        DigestKernel::digest,
                        new KernelContext(),
                        table.numbers,
                        pages.array(),
                        narrow.array(),
                        scales,
                        pool.array());
    }

    private TaskGraph backUp() {
        grid(Graph.BACK_UP, "gather", Section.GATHER);
        var graph = begin(Graph.BACK_UP).transferToDevice(DataTransferMode.EVERY_EXECUTION, rows);
        return appended(graph, Graph.BACK_UP)
                .task(
                        "gather",
                        GatherKernel::gather,
                        new KernelContext(),
                        table.numbers,
                        pages.array(),
                        narrow.array(),
                        pagesOut,
                        narrowOut)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, isNarrow ? narrowOut : pagesOut);
    }

    private TaskGraph put() {
        return put(begin(Graph.PUT), Graph.PUT);
    }

    private TaskGraph put(TaskGraph graph, Graph name) {
        grid(name, "put", Section.PUT);
        return graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, isNarrow ? narrowIn : pagesIn)
                .task(
                        "put",
                        PutKernel::put,
                        new KernelContext(),
                        table.numbers,
                        pagesIn,
                        narrowIn,
                        pages.array(),
                        narrow.array());
    }

    private TaskGraph copy() {
        grid(Graph.COPY, "copy", Section.COPY);
        return begin(Graph.COPY)
                .task("copy", CopyKernel::copy, new KernelContext(), table.numbers, pages.array(), narrow.array());
    }

    private TaskGraph look() {
        grid(Graph.LOOK, "look", Section.LOOK);
        return begin(Graph.LOOK)
                .task("look", LookKernel::look, new KernelContext(), table.numbers, pool.array(), results)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, results);
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
                .task(
                        "score",
                        ScoreKernel::appendAndScore,
                        new KernelContext(),
                        table.numbers,
                        rows,
                        pages.array(),
                        narrow.array(),
                        pool.array())
                .task("combine", GroupScoreKernel::combine, new KernelContext(), table.numbers, pool.array(), results)
                .task("rank", RankKernel::rank, new KernelContext(), table.numbers, results);
    }

    private TaskGraph attend(Graph name) {
        var graph = begin(name).transferToDevice(DataTransferMode.EVERY_EXECUTION, rows);
        return attended(name == Graph.RECALL ? put(graph, name) : stored(graph, name), name);
    }

    private TaskGraph attended(TaskGraph graph, Graph name) {
        grid(name, "attend", Section.ATTEND);
        grid(name, "merge", Section.MERGE);
        return graph.task(
                        "attend",
                        AttendKernel::attend,
                        new KernelContext(),
                        table.numbers,
                        rows,
                        pages.array(),
                        narrow.array(),
                        scales,
                        pool.array())
                .task("merge", MergeKernel::merge, new KernelContext(), table.numbers, pool.array(), results)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, results);
    }

    private TaskGraph decode() {
        grid(Graph.DECODE, "choose", Section.CHOOSE);
        var graph = ranked(begin(Graph.DECODE), Graph.DECODE)
                .task("choose", ChooseKernel::choose, new KernelContext(), table.numbers, results);
        return attended(graph, Graph.DECODE);
    }

    /** The first graph alone persists the large arrays, and so alone frees them. */
    private TaskGraph begin(Graph graph) {
        return new TaskGraph(graph.id)
                .consumeFromDevice(pool.array(), pages.array(), narrow.array())
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

    /** Sets {@code count} numbers of the rows of the next execution to elements, from one on. */
    void setRows(int at, MemorySegment source, ElementType type, long first, int count) {
        if (type == ElementType.F32) {
            copy(source, first, rows.getSegment(), at, count, Float.BYTES);
        } else {
            conversion.toNumbers(source, type, first, rows.getSegment(), at, count);
        }
    }

    /** Puts {@code count} numbers of the last execution's results where they are wanted, from an element on. */
    void getResults(int at, MemorySegment target, ElementType type, long first, int count) {
        if (type == ElementType.F32) {
            copy(results.getSegment(), at, target, first, count, Float.BYTES);
        } else {
            conversion.toElements(results.getSegment(), at, target, type, first, count);
        }
    }

    /** Puts results into every {@code stride}-th place of an array, from one on. */
    void getResults(int at, float[] target, int first, int stride, int count) {
        if (stride == 1) {
            MemorySegment.copy(
                    results.getSegment(), ValueLayout.JAVA_FLOAT, (long) at * Float.BYTES, target, first, count);
        } else {
            for (int i = 0; i < count; i++) {
                target[first + i * stride] = results.get(at + i);
            }
        }
    }

    int stagingElements() {
        return staging;
    }

    /** Copies {@code count} elements of a page, from one on, to where the next execution takes them from. */
    void setPages(int at, MemorySegment source, long first, int count) {
        copy(source, first, segment(pagesIn, narrowIn), at, count, elementBytes());
    }

    /** Copies {@code count} elements that the last execution collected to where they are wanted. */
    void getPages(int at, MemorySegment target, long first, int count) {
        copy(segment(pagesOut, narrowOut), at, target, first, count, elementBytes());
    }

    private MemorySegment segment(FloatArray wideArray, ShortArray narrowArray) {
        return isNarrow ? narrowArray.getSegment() : wideArray.getSegment();
    }

    private int elementBytes() {
        return isNarrow ? Short.BYTES : Float.BYTES;
    }

    private static void copy(MemorySegment source, long from, MemorySegment target, long to, int count, int bytes) {
        MemorySegment.copy(source, from * bytes, target, to * bytes, (long) count * bytes);
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
        if (!Graph.onlyReads(table.used())) {
            writes++;
        }
        try {
            execute(graph, table);
        } catch (RuntimeException e) {
            lost = true;
            throw new BackendLostException("TornadoVM failed to run '" + graph.id + "': " + e, e);
        }
    }

    private void execute(Graph graph, Table table) {
        table.seal(groups);
        for (var grid : gridsOf.getOrDefault(graph, List.of())) {
            int most = grid.sections().stream().mapToInt(table::groups).max().orElse(1);
            grid.workers().setGlobalWork((long) LANES * most, 1, 1);
        }
        var result = plan.withGraph(graph.number).execute();
        if (timed) {
            kernelNanos += result.getProfilerResult().getDeviceKernelTime();
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
        return 2L * Float.BYTES * rows.getSize()
                + 2L * elementBytes() * staging
                + (long) Integer.BYTES * table.numbers.getSize();
    }

    /** Bytes of host memory that it holds. */
    long hostBytes() {
        return stagingBytes() + pool.hostBytes() + pages.hostBytes() + narrow.hostBytes();
    }

    @Override
    public void close() {
        try (arrays;
                pool;
                pages;
                narrow) {
            // Otherwise only the arrays of the graph that ran last are freed.
            plan.withAllGraphs();
            plan.close();
        } catch (TornadoExecutionPlanException e) {
            throw new BackendLostException("TornadoVM failed to free device memory", e);
        }
    }
}
