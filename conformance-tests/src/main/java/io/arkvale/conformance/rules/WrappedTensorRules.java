package io.arkvale.conformance.rules;

import static io.arkvale.conformance.lockstep.RuleViolation.expect;
import static io.arkvale.conformance.lockstep.RuleViolation.require;

import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.ClosedException;
import io.arkvale.api.ElementType;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.KvCache;
import io.arkvale.api.Tensor;
import io.arkvale.conformance.cases.Route;
import io.arkvale.conformance.cases.TensorCase;
import io.arkvale.conformance.lockstep.Staging;
import io.arkvale.conformance.play.Play;
import io.arkvale.conformance.play.Same;
import io.arkvale.conformance.property.Context;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Part 2: tensors over memory of the caller's. The kit takes it from a tensor that it allocates. */
public final class WrappedTensorRules extends Verification {
    private static final byte GAP = 42;

    /** Called for every test. */
    public WrappedTensorRules(Context context) {
        super(context);
    }

    private void needWraps() {
        need(supports(Feature.DEVICE_TENSORS) ? Feature.DEVICE_TENSORS : Feature.HOST_TENSORS);
    }

    /** A tensor to be wrapped: its memory begins {@code before} bytes into that of a larger one. */
    private record Wrapping(
            KvCache cache, Tensor around, ElementType type, int rows, int heads, int width, long before, long stride) {
        private long rowBytes() {
            return (long) heads * width * type.bytes();
        }

        private long bytes() {
            return (rows - 1) * stride + rowBytes();
        }

        private Tensor wrap() {
            return wrap(around.memory().asSlice(before), stride);
        }

        private Tensor wrap(MemorySegment memory, long otherStride) {
            return cache.wrap(memory, type, rows, heads, width, otherStride);
        }

        private byte[] all() {
            var bytes = new byte[(int) around.rowBytes()];
            around.copyTo(MemorySegment.ofArray(bytes));
            return bytes;
        }
    }

    /** A law of tensors that lie over others. */
    @FunctionalInterface
    private interface WrappingLaw {
        void check(Wrapping wrapping, TensorCase generated);
    }

    private void forWrappings(WrappingLaw law) {
        needWraps();
        forAll(generators().tensors(), generated -> {
            try (var lockstep = open(generated.shape())) {
                var cache = lockstep.cache();
                var type =
                        generated.ofScores() ? ElementType.F32 : lockstep.spec().elementType();
                var unit = unit(type);
                var row = (long) generated.heads() * generated.width() * type.bytes();
                var stride = Math.ceilDiv(row, (long) unit) * unit + (long) generated.offset() % 3 * unit;
                var before = (long) generated.offset() * unit;
                var bytes = before + generated.rows() * stride + unit;
                try (var around = cache.allocate(type, 1, 1, Math.toIntExact(bytes / type.bytes()))) {
                    var gaps = new byte[(int) around.rowBytes()];
                    Arrays.fill(gaps, GAP);
                    around.copyFrom(MemorySegment.ofArray(gaps));
                    law.check(
                            new Wrapping(
                                    cache,
                                    around,
                                    type,
                                    generated.rows(),
                                    generated.heads(),
                                    generated.width(),
                                    before,
                                    stride),
                            generated);
                }
            }
        });
    }

    private int unit(ElementType type) {
        return Math.max(type.bytes(), backend().capabilities().tensorAlignment());
    }

    /**
     * A wrapped tensor is the given memory: copies go there, row by row, leave what lies between and beyond, and closing it
     * changes nothing. If it fails, check row strides in copies, and memory that is cleared or freed with the tensor.
     */
    public void required_spec206_wrappedTensorsAreTheGivenMemory() {
        forWrappings((wrapping, generated) -> {
            var expected = wrapping.all();
            var given = new byte[(int) (wrapping.rows() * wrapping.rowBytes())];
            new SplittableRandom(generated.seed()).nextBytes(given);
            var own = bytes(wrapping.cache());
            var tensor = wrapping.wrap();
            require(206, tensor.rowStride() == wrapping.stride(), "the row stride is %d", tensor.rowStride());
            require(
                    206,
                    tensor.memory().address() == wrapping.around().memory().address() + wrapping.before()
                            && tensor.memory().byteSize() == wrapping.bytes(),
                    "memory() is %s, not what was wrapped",
                    tensor.memory());
            require(206, bytes(wrapping.cache()) == own, "memory of the caller's counts as the cache's");
            copied(wrapping, tensor, expected, "before anything was copied in");
            tensor.copyFrom(MemorySegment.ofArray(given));
            for (var row = 0; row < wrapping.rows(); row++) {
                System.arraycopy(
                        given,
                        row * (int) wrapping.rowBytes(),
                        expected,
                        (int) (wrapping.before() + row * wrapping.stride()),
                        (int) wrapping.rowBytes());
            }
            copied(wrapping, tensor, expected, "after copying in");
            tensor.close();
            require(206, Arrays.equals(wrapping.all(), expected), "closing the tensor changed the caller's memory");
        });
    }

    private static long bytes(KvCache cache) {
        return cache.memory().deviceBytes() + cache.memory().hostBytes();
    }

    private static void copied(Wrapping wrapping, Tensor tensor, byte[] expected, String when) {
        require(206, Arrays.equals(wrapping.all(), expected), "the caller's memory holds other bytes %s", when);
        for (var row = 0; row < wrapping.rows(); row++) {
            var bytes = new byte[(int) wrapping.rowBytes()];
            tensor.copyTo(row, 1, MemorySegment.ofArray(bytes));
            var from = (int) (wrapping.before() + row * wrapping.stride());
            require(
                    206,
                    Arrays.equals(bytes, Arrays.copyOfRange(expected, from, from + bytes.length)),
                    "row %d is not what the memory holds %s",
                    row,
                    when);
        }
    }

    /**
     * Calls on wrapped tensors give what they give on allocated ones, bit for bit if the backend is deterministic. If it
     * fails, check each call's use of row strides.
     */
    public void required_spec206_callsDoNotDependOnWhereTensorsLie() {
        needWraps();
        forAll(generators().overBudgetScenes().filter(scene -> scene.shape().pageSize() < 20), scene -> {
            try (var wrapped = open(scene.steps(scene.steps() + 2));
                    var allocated = open(scene.steps(scene.steps() + 2))) {
                allocated.staging().place(Staging.Placement.ALLOCATED);
                wrapped.staging().place(Staging.Placement.WRAPPED);
                wrapped.record();
                allocated.record();
                var one = new Play(wrapped, scene);
                wrapped.verifyAs(206, "with tensors over memory of the caller's: ", () -> played(one));
                var other = played(new Play(allocated, scene));
                if (supports(Feature.DETERMINISTIC)) {
                    Same.require(206, one, other);
                }
            }
        });
    }

    private static Play played(Play play) {
        play.prompt().decode(Route.FIVE);
        play.decode(play.pairs(), Route.OWN_SCORES);
        play.decode(play.pairs(), Route.FUSED);
        return play;
    }

    /** What cannot be wrapped is refused. If it fails, check sizes, strides, alignment and the kind of memory. */
    public void required_spec207_whatCannotBeWrappedIsRefused() {
        forWrappings((wrapping, generated) -> {
            var all = wrapping.around().memory();
            var memory = all.asSlice(wrapping.before());
            var stride = wrapping.stride();
            var unit = unit(wrapping.type());
            refused(wrapping, "memory one byte too short", memory.asSlice(0, wrapping.bytes() - 1), stride);
            refused(wrapping, "no memory", memory.asSlice(0, 0), stride);
            refused(
                    wrapping,
                    "a row stride below a row",
                    memory,
                    Math.ceilDiv(wrapping.rowBytes(), unit) * unit - unit);
            refused(wrapping, "a negative row stride", memory, -stride);
            if (wrapping.rows() > 1) {
                refused(wrapping, "the largest row stride", memory, Long.MAX_VALUE / unit * unit);
            }
            if (unit > 1) {
                refused(wrapping, "a row stride that is not aligned", all, stride + 1);
                refused(wrapping, "memory that is not aligned", all.asSlice(wrapping.before() + 1), stride);
            }
            refused(wrapping, "memory on the heap", MemorySegment.ofArray(new long[(int) all.byteSize()]), stride);
            refused(wrapping, "read-only memory", memory.asReadOnly(), stride);
            for (var sizes : new int[][] {{0, 1, 1}, {1, 0, 1}, {1, 1, 0}, {-1, 1, 1}}) {
                expect(
                        207,
                        InvalidArgumentException.class,
                        "wrap of the shape " + Arrays.toString(sizes),
                        () -> wrapping.cache().wrap(memory, wrapping.type(), sizes[0], sizes[1], sizes[2], stride));
            }
            if (supports(Feature.HOST_TENSORS)) {
                try (var arena = Arena.ofConfined()) {
                    refused(wrapping, "memory of one thread", arena.allocate(all.byteSize(), 4096), stride);
                }
            }
        });
    }

    private static void refused(Wrapping wrapping, String what, MemorySegment memory, long stride) {
        expect(207, InvalidArgumentException.class, "wrap of " + what, () -> wrapping.wrap(memory, stride));
    }

    /**
     * Memory whose life has ended is refused, when it is wrapped and in every later call. If it fails, check the scope of the
     * memory in each call, and that of a tensor's own memory when the tensor is closed.
     */
    public void required_spec207_memoryThatIsClosedIsRefused() {
        needWraps();
        forAll(generators().scenes(), Math.max(1, context().tries() / 5), scene -> {
            try (var lockstep = open(scene.steps(3))) {
                var play = new Play(lockstep, scene).prompt(false);
                var cache = lockstep.cache();
                var around = cache.allocateQueries(1);
                var memory = around.memory();
                var stride = around.rowBytes() + unit(around.elementType());
                var spec = lockstep.spec();
                var tensor =
                        cache.wrap(memory, spec.elementType(), 1, spec.queryHeads(), spec.headDim(), aligned(stride));
                around.close();
                closed("copyFrom", () -> tensor.copyFrom(MemorySegment.ofArray(new byte[(int) tensor.rowBytes()])));
                closed("copyTo", () -> tensor.copyTo(MemorySegment.ofArray(new byte[(int) tensor.rowBytes()])));
                closed("memory", tensor::memory);
                closed(
                        "wrap",
                        () -> cache.wrap(
                                memory, spec.elementType(), 1, spec.queryHeads(), spec.headDim(), aligned(stride)));
                var step = lockstep.decode(play.pairs().subList(0, 1));
                try (var keys = cache.allocateKeys(1);
                        var queries = cache.allocateQueries(1)) {
                    closed("decode with such queries", () -> step.step().decode(0, tensor, keys, keys, queries));
                    closed("decode with such output", () -> step.step().decode(0, queries, keys, keys, tensor));
                }
                play.layers(step, Route.FUSED).commit();
                tensor.close();
                tensor.close();
            }
        });
    }

    private long aligned(long stride) {
        var unit = unit(ElementType.F32);
        return Math.ceilDiv(stride, (long) unit) * unit;
    }

    private static void closed(String what, Runnable call) {
        expect(207, ClosedException.class, what + " on memory that is closed", call);
    }

    /**
     * Host memory may change as soon as a call returns. If it fails, check what is read by threads that go on. The other
     * tests write inputs the same way, so that they see it too.
     */
    public void required_spec208_callsAreDoneWithHostMemoryWhenTheyReturn() {
        need(Feature.HOST_TENSORS);
        forAll(generators().overBudgetScenes().filter(scene -> scene.shape().pageSize() < 20), scene -> {
            try (var lockstep = open(scene.steps(scene.steps() + 2))) {
                lockstep.staging().place(Staging.Placement.WRAPPED);
                var play = new Play(lockstep, scene).prompt(false);
                lockstep.verifyAs(208, "with inputs that change when a call has returned: ", () -> {
                    play.decode(Route.PREFETCHED_FUSED);
                    play.decode(play.pairs(), Route.PREFETCHED_FIVE);
                });
            }
        });
    }

    /** The queue of a device has one name, and refuses what is no event. If it fails, check what events are. */
    public void required_spec209_queuesRefuseWhatIsNoEvent() {
        need(Feature.DEVICE_TENSORS);
        forAll(generators().scenes(), Math.max(1, context().tries() / 10), scene -> {
            var lockstep = open(scene);
            try (lockstep) {
                var queue = lockstep.cache().queue();
                require(209, queue.handle() == lockstep.cache().queue().handle(), "the queue changes its name");
                expect(209, InvalidArgumentException.class, "await of no event", () -> queue.await(0));
                expect(209, InvalidArgumentException.class, "record of no event", () -> queue.record(0));
                new Play(lockstep, scene).prompt(false).decode(Route.FUSED);
            }
            expect(209, ClosedException.class, "queue of a closed cache", lockstep.cache()::queue);
        });
    }
}
