package io.arkvale.benchmarks;

import io.arkvale.api.ElementType;
import io.arkvale.api.KvCache;
import io.arkvale.api.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.Random;

/**
 * Queries that a kernel of this benchmark writes on the device, in the order of the cache's queue, as a model's projections
 * would: two random tensors mixed by an angle. Angles that grow slowly change the chosen pages slowly.
 */
@SuppressWarnings("restricted") // it calls the driver
final class TurningQueries implements AutoCloseable {
    /** Two bfloat16 numbers per thread; what is cut off of a result does not matter here. */
    private static final String KERNEL = """
            .version 7.0
            .target sm_70
            .address_size 64
            .visible .entry turn(.param .u64 first, .param .u64 second, .param .u64 out, .param .u32 pairs,
                    .param .f32 cosine, .param .f32 sine) {
                .reg .pred %outside;
                .reg .b32 %thread, %block, %size, %pairs, %a, %b, %low, %high, %other;
                .reg .f32 %cosine, %sine, %x, %y;
                .reg .b64 %at, %first, %second, %out;
                mov.u32 %thread, %tid.x;
                mov.u32 %block, %ctaid.x;
                mov.u32 %size, %ntid.x;
                mad.lo.u32 %thread, %block, %size, %thread;
                ld.param.u32 %pairs, [pairs];
                setp.ge.u32 %outside, %thread, %pairs;
                @%outside ret;
                ld.param.u64 %first, [first];
                ld.param.u64 %second, [second];
                ld.param.u64 %out, [out];
                ld.param.f32 %cosine, [cosine];
                ld.param.f32 %sine, [sine];
                mul.wide.u32 %at, %thread, 4;
                add.u64 %first, %first, %at;
                add.u64 %second, %second, %at;
                add.u64 %out, %out, %at;
                ld.global.u32 %a, [%first];
                ld.global.u32 %b, [%second];
                shl.b32 %low, %a, 16;
                shl.b32 %other, %b, 16;
                mov.b32 %x, %low;
                mov.b32 %y, %other;
                mul.f32 %x, %x, %cosine;
                fma.rn.f32 %x, %y, %sine, %x;
                mov.b32 %low, %x;
                shr.u32 %low, %low, 16;
                and.b32 %high, %a, 0xffff0000;
                and.b32 %other, %b, 0xffff0000;
                mov.b32 %x, %high;
                mov.b32 %y, %other;
                mul.f32 %x, %x, %cosine;
                fma.rn.f32 %x, %y, %sine, %x;
                mov.b32 %high, %x;
                and.b32 %high, %high, 0xffff0000;
                or.b32 %low, %low, %high;
                st.global.u32 [%out], %low;
                ret;
            }
            """;

    private static final int THREADS = 256;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup DRIVER = SymbolLookup.libraryLookup("libcuda.so.1", Arena.global());
    private static final MethodHandle LOAD = handle("cuModuleLoadData", 2);
    private static final MethodHandle FIND = handle("cuModuleGetFunction", 3);
    private static final MethodHandle LAUNCH = LINKER.downcallHandle(
            DRIVER.findOrThrow("cuLaunchKernel"),
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS));

    private final Arena arena = Arena.ofConfined();
    private final Tensor first;
    private final Tensor second;
    private final long queue;
    private final int pairs;
    private final MemorySegment function;
    private final MemorySegment numbers;
    private final MemorySegment pointers;

    /** For queries of so many rows; the cache's context is current. */
    TurningQueries(KvCache cache, int rows, Random random) {
        if (cache.spec().elementType() != ElementType.BF16) {
            throw new IllegalArgumentException("elementType is " + cache.spec().elementType() + "; allowed: BF16");
        }
        first = RandomTensors.fill(cache.allocateQueries(rows), random);
        second = RandomTensors.fill(cache.allocateQueries(rows), random);
        queue = cache.queue().handle();
        pairs = rows * cache.spec().queryHeads() * cache.spec().headDim() / 2;
        var module = arena.allocate(ValueLayout.ADDRESS);
        var found = arena.allocate(ValueLayout.ADDRESS);
        call(LOAD, module, arena.allocateFrom(KERNEL));
        call(FIND, found, module.get(ValueLayout.ADDRESS, 0), arena.allocateFrom("turn"));
        function = found.get(ValueLayout.ADDRESS, 0);
        numbers = arena.allocate(6 * Long.BYTES, Long.BYTES);
        pointers = arena.allocate(ValueLayout.ADDRESS, 6);
        for (int i = 0; i < 6; i++) {
            pointers.setAtIndex(ValueLayout.ADDRESS, i, numbers.asSlice((long) i * Long.BYTES));
        }
        numbers.setAtIndex(ValueLayout.JAVA_LONG, 0, first.memory().address());
        numbers.setAtIndex(ValueLayout.JAVA_LONG, 1, second.memory().address());
        numbers.set(ValueLayout.JAVA_INT, 3 * Long.BYTES, pairs);
    }

    private static MethodHandle handle(String name, int addresses) {
        var layouts = new ValueLayout[addresses];
        Arrays.fill(layouts, ValueLayout.ADDRESS);
        return LINKER.downcallHandle(DRIVER.findOrThrow(name), FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts));
    }

    private static void call(MethodHandle handle, Object... arguments) {
        try {
            int result = (int) handle.invokeWithArguments(arguments);
            if (result != 0) {
                throw new IllegalStateException("the driver answers with error " + result);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Queues the writing of a tensor of queries. */
    void write(MemorySegment target, double angle) {
        numbers.setAtIndex(ValueLayout.JAVA_LONG, 2, target.address());
        numbers.set(ValueLayout.JAVA_FLOAT, 4 * Long.BYTES, (float) Math.cos(angle));
        numbers.set(ValueLayout.JAVA_FLOAT, 5 * Long.BYTES, (float) Math.sin(angle));
        try {
            int result = (int) LAUNCH.invokeExact(
                    function,
                    Math.ceilDiv(pairs, THREADS),
                    1,
                    1,
                    THREADS,
                    1,
                    1,
                    0,
                    queue,
                    pointers,
                    MemorySegment.NULL);
            if (result != 0) {
                throw new IllegalStateException("the driver answers with error " + result);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
