package io.arkvale.tornado;

import io.arkvale.api.ElementType;
import io.arkvale.core.tensor.Elements;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Asks a device which element types it computes with exactly: it is given every element there is. */
final class ElementTypeProbe {
    private static final int ALL = 1 << 16;

    private ElementTypeProbe() {}

    /** Types that caches on a device can have. */
    static ElementType[] typesOn(TornadoDevice device) {
        return Stream.of(ElementType.values())
                .filter(type -> type == ElementType.F32 || isExact(type, device))
                .toArray(ElementType[]::new);
    }

    /** Whether every finite element becomes its number; a device on which the kernel does not compile lacks the type. */
    private static boolean isExact(ElementType type, TornadoDevice device) {
        try (var arrays = new HostArrays()) {
            var numbers = arrays.floats(ALL);
            run(type, device, arrays, numbers);
            return isExact(type, numbers);
        } catch (RuntimeException | LinkageError | TornadoExecutionPlanException e) {
            return false;
        }
    }

    private static boolean isExact(ElementType type, FloatArray numbers) {
        var elements = MemorySegment.ofArray(new short[ALL]);
        for (int i = 0; i < ALL; i++) {
            elements.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) i);
            float number = Elements.get(elements, type, i);
            if (Float.isFinite(number) && numbers.get(i) != number) {
                return false;
            }
        }
        return true;
    }

    private static void run(ElementType type, TornadoDevice device, HostArrays arrays, FloatArray numbers)
            throws TornadoExecutionPlanException {
        var bits = arrays.ints(ALL);
        for (int i = 0; i < ALL; i++) {
            bits.set(i, (short) i);
        }
        var elements = arrays.shorts(ALL);
        var how = arrays.ints(2);
        how.set(0, Stored.shift(type));
        how.set(1, Stored.scalesAt(type));
        var scales = Stored.scales(arrays);
        var graph = new TaskGraph("probe")
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, bits, how, scales)
                .task("store", ElementTypeKernels::store, new KernelContext(), bits, elements)
                .task("number", ElementTypeKernels::number, new KernelContext(), how, elements, scales, numbers)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, numbers);
        var workers = new WorkerGrid1D(ALL);
        workers.setLocalWork(Engine.LANES, 1, 1);
        var grids = new GridScheduler("probe.store", workers);
        grids.addWorkerGrid("probe.number", workers);
        try (var plan = new TornadoExecutionPlan(graph.snapshot())) {
            plan.withDevice(device).withGridScheduler(grids).execute();
        }
    }
}
