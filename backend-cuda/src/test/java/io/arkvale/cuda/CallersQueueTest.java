package io.arkvale.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.arkvale.api.Availability;
import io.arkvale.api.Backend;
import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.ElementType;
import io.arkvale.api.KvCache;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Step;
import io.arkvale.api.Tensor;
import io.arkvale.cuda.driver.Address;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import jcuda.Pointer;
import jcuda.driver.CUevent;
import jcuda.driver.CUevent_flags;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import org.junit.jupiter.api.Test;

/**
 * Rule 209 on a GPU: a stream of the caller's brings queries, keys and values late and fetches the output, and only events
 * order it with the cache's calls.
 */
@SuppressWarnings("restricted") // device memory becomes a segment
class CallersQueueTest {
    private static final int LAYERS = 3;
    private static final int HEADS = 4;
    private static final int WIDTH = 64;
    private static final int STEPS = 40;

    /** Bytes of a copy that takes longer than whatever would run too early. */
    private static final long LATE_BYTES = 1L << 28;

    private final Random random = new Random(7);

    @Test
    void callsAreOrderedWithAStreamOfTheCallersByEvents() {
        assumeTrue(new CudaProvider().probe() instanceof Availability.Available, "there is no GPU");
        var inputs = new ArrayList<float[]>();
        for (int i = 0; i < STEPS * LAYERS; i++) {
            inputs.add(numbers(3 * HEADS * WIDTH));
        }
        try (var backend = new CudaProvider().create(Map.of())) {
            assertThat(throughOwnStream(backend, inputs)).containsExactlyElementsOf(byCopies(backend, inputs));
        }
    }

    private float[] numbers(int count) {
        var numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return numbers;
    }

    private static KvCache open(Backend backend) {
        return backend.open(CacheSpec.builder(LAYERS, HEADS, HEADS, WIDTH)
                .elementType(ElementType.F32)
                .pageSize(4)
                .roomFor(settings(), STEPS, 1)
                .build());
    }

    private static SequenceSpec settings() {
        return SequenceSpec.builder(4)
                .budgetTokens(16)
                .sinkPages(1)
                .windowPages(1)
                .denseLayers(0)
                .build();
    }

    private static List<Float> byCopies(Backend backend, List<float[]> inputs) {
        var outputs = new ArrayList<Float>();
        try (var cache = open(backend)) {
            var sequence = cache.begin(settings());
            var tensors = List.of(
                    cache.allocateQueries(1), cache.allocateKeys(1), cache.allocateKeys(1), cache.allocateQueries(1));
            var output = new float[HEADS * WIDTH];
            for (int i = 0; i < STEPS; i++) {
                try (var step = cache.step(Batch.decode(List.of(sequence)))) {
                    for (int layer = 0; layer < LAYERS; layer++) {
                        var input = MemorySegment.ofArray(inputs.get(i * LAYERS + layer));
                        for (int part = 0; part < 3; part++) {
                            tensors.get(part)
                                    .copyFrom(input.asSlice(
                                            part * tensors.get(part).rowBytes()));
                        }
                        decode(step, layer, tensors);
                        tensors.get(3).copyTo(MemorySegment.ofArray(output));
                        add(outputs, output);
                    }
                    step.commit();
                }
            }
        }
        return outputs;
    }

    private static void decode(Step step, int layer, List<Tensor> tensors) {
        step.decode(layer, tensors.get(0), tensors.get(1), tensors.get(2), tensors.get(3));
    }

    private static void add(List<Float> outputs, float[] output) {
        for (float number : output) {
            outputs.add(number);
        }
    }

    private static List<Float> throughOwnStream(Backend backend, List<float[]> inputs) {
        try (var cache = open(backend)) {
            var caller = new Caller(inputs);
            try {
                var sequence = cache.begin(settings());
                // One row of memory, in which queries, keys, values and the output lie side by side.
                var row = MemorySegment.ofAddress(caller.memory.value()).reinterpret(Caller.ROW_BYTES);
                var tensors = new ArrayList<Tensor>();
                for (int part = 0; part < 4; part++) {
                    tensors.add(cache.wrap(
                            row.asSlice((long) part * HEADS * WIDTH * Float.BYTES),
                            ElementType.F32,
                            1,
                            HEADS,
                            WIDTH,
                            Caller.ROW_BYTES));
                }
                run(cache, sequence, caller, tensors);
                return caller.outputs();
            } finally {
                cache.synchronize();
                caller.close();
            }
        }
    }

    private static void run(KvCache cache, Sequence sequence, Caller caller, List<Tensor> tensors) {
        var queue = cache.queue();
        for (int i = 0; i < STEPS; i++) {
            var step = cache.step(Batch.decode(List.of(sequence)));
            for (int layer = 0; layer < LAYERS; layer++) {
                caller.bring(i * LAYERS + layer);
                queue.await(caller.brought.handle());
                decode(step, layer, tensors);
                queue.record(caller.computed.handle());
                caller.fetch(i * LAYERS + layer);
            }
            step.commitAsync();
        }
    }

    /** Who has a stream, and all inputs and outputs on the device. */
    private static final class Caller {
        private static final long PART_BYTES = (long) HEADS * WIDTH * Float.BYTES;
        static final long ROW_BYTES = 4 * PART_BYTES;

        private final CUstream stream = new CUstream();
        private final Event brought = new Event();
        private final Event computed = new Event();
        private final Address memory = new Address();
        private final Address all = new Address();
        private final Address late = new Address();
        private final int count;

        private Caller(List<float[]> inputs) {
            count = inputs.size();
            require(JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING));
            require(JCudaDriver.cuEventCreate(brought, CUevent_flags.CU_EVENT_DISABLE_TIMING));
            require(JCudaDriver.cuEventCreate(computed, CUevent_flags.CU_EVENT_DISABLE_TIMING));
            require(JCudaDriver.cuMemAlloc(memory, ROW_BYTES));
            require(JCudaDriver.cuMemAlloc(all, count * ROW_BYTES));
            require(JCudaDriver.cuMemAlloc(late, 2 * LATE_BYTES));
            for (int i = 0; i < count; i++) {
                require(JCudaDriver.cuMemcpyHtoD(all.plus(i * ROW_BYTES), Pointer.to(inputs.get(i)), 3 * PART_BYTES));
            }
        }

        private void bring(int index) {
            require(JCudaDriver.cuMemcpyDtoDAsync(late.plus(LATE_BYTES), late, LATE_BYTES, stream));
            require(JCudaDriver.cuMemcpyDtoDAsync(memory, all.plus(index * ROW_BYTES), 3 * PART_BYTES, stream));
            require(JCudaDriver.cuEventRecord(brought, stream));
        }

        private void fetch(int index) {
            require(JCudaDriver.cuStreamWaitEvent(stream, computed, 0));
            var target = all.plus(index * ROW_BYTES + 3 * PART_BYTES);
            require(JCudaDriver.cuMemcpyDtoDAsync(target, memory.plus(3 * PART_BYTES), PART_BYTES, stream));
        }

        private List<Float> outputs() {
            require(JCudaDriver.cuStreamSynchronize(stream));
            var outputs = new ArrayList<Float>();
            var output = new float[HEADS * WIDTH];
            for (int i = 0; i < count; i++) {
                var from = all.plus(i * ROW_BYTES + 3 * PART_BYTES);
                require(JCudaDriver.cuMemcpyDtoH(Pointer.to(output), from, PART_BYTES));
                add(outputs, output);
            }
            return outputs;
        }

        private void close() {
            for (var address : List.of(memory, all, late)) {
                require(JCudaDriver.cuMemFree(address));
            }
            require(JCudaDriver.cuEventDestroy(brought));
            require(JCudaDriver.cuEventDestroy(computed));
            require(JCudaDriver.cuStreamDestroy(stream));
        }

        private static void require(int result) {
            assertThat(result).isZero();
        }
    }

    /** An event whose handle can be read. */
    private static final class Event extends CUevent {
        private long handle() {
            return getNativePointer();
        }
    }
}
