package io.arkvale.cuda;

import io.arkvale.cuda.driver.Address;
import io.arkvale.cuda.driver.Driver;
import io.arkvale.cuda.driver.KernelFunction;
import io.arkvale.cuda.driver.LaunchBlock;
import io.arkvale.cuda.kernel.Struct;
import io.arkvale.cuda.kernel.StructLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import jcuda.NativePointerObject;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;

/**
 * A driver without a GPU: memory is there, copies happen when something waits for a queue and not before, kernels do
 * what the test says, otherwise nothing. Any call can be told to fail, and what is not given back is counted.
 */
final class FakeDriver extends Driver {
    /** A launched kernel with its arguments. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Launch(String kernel, byte[] arguments) {
        /** A number among its arguments. */
        int number(Class<? extends Struct> type, String field) {
            int at = StructLayout.of(type).offset(field);
            return ByteBuffer.wrap(arguments).order(ByteOrder.nativeOrder()).getInt(at);
        }

        /** An address among its arguments. */
        long address(Class<? extends Struct> type, String field) {
            int at = StructLayout.of(type).offset(field);
            return ByteBuffer.wrap(arguments).order(ByteOrder.nativeOrder()).getLong(at);
        }
    }

    /** Kernels that reached the device, in order. */
    final List<Launch> launches = new ArrayList<>();

    /** Called at the beginning of every call, with its name. */
    Consumer<String> before = call -> {};

    /** What kernels do. */
    Consumer<Launch> kernels = launch -> {};

    private final Map<String, Integer> failures = new HashMap<>();
    private final Map<String, Integer> live = new TreeMap<>();
    private final Map<String, Integer> calls = new HashMap<>();
    private final TreeMap<Long, byte[]> memory = new TreeMap<>();
    private final List<Runnable> queue = new ArrayList<>();
    private final Map<CUfunction, String> names = new HashMap<>();
    private long next = 1L << 40;

    /** From now on a call fails, or no longer with {@code CUDA_SUCCESS}. */
    void answer(String call, int result) {
        failures.put(call, result);
    }

    int calls(String call) {
        return calls.getOrDefault(call, 0);
    }

    /** How many of each kind have been made and not given back; kinds of which there are none are left out. */
    synchronized Map<String, Integer> live() {
        var left = new TreeMap<>(live);
        left.values().removeIf(count -> count == 0);
        return left;
    }

    /** Writes to device memory. */
    synchronized void write(long address, byte[] bytes) {
        var block = memory.floorEntry(address);
        System.arraycopy(bytes, 0, block.getValue(), (int) (address - block.getKey()), bytes.length);
    }

    /** Reads device memory as it is now: what is queued has not happened yet. */
    synchronized byte[] read(long address, long bytes) {
        var copy = new byte[(int) bytes];
        var block = memory.floorEntry(address);
        System.arraycopy(block.getValue(), (int) (address - block.getKey()), copy, 0, copy.length);
        return copy;
    }

    private int result(String call) {
        before.accept(call);
        synchronized (this) {
            calls.merge(call, 1, Integer::sum);
            return failures.getOrDefault(call, CUresult.CUDA_SUCCESS);
        }
    }

    private int made(String call, String kind, NativePointerObject object) {
        int result = result(call);
        if (result == CUresult.CUDA_SUCCESS) {
            synchronized (this) {
                live.merge(kind, 1, Integer::sum);
                next += 256;
                set(object, next);
            }
        }
        return result;
    }

    private int gone(String call, String kind) {
        int result = result(call);
        synchronized (this) {
            live.merge(kind, -1, Integer::sum);
        }
        return result;
    }

    private int queued(String call, Runnable work) {
        int result = result(call);
        synchronized (this) {
            if (result == CUresult.CUDA_SUCCESS) {
                queue.add(work);
            }
        }
        return result;
    }

    private static void set(NativePointerObject object, long value) {
        try {
            var field = NativePointerObject.class.getDeclaredField("nativePointer");
            field.setAccessible(true);
            field.setLong(object, value);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static long value(NativePointerObject object) {
        try {
            var field = NativePointerObject.class.getDeclaredField("nativePointer");
            field.setAccessible(true);
            return field.getLong(object);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static long address(CUdeviceptr pointer) {
        return ((Address) pointer).value();
    }

    @Override
    public int cuInit(int flags) {
        return result("cuInit");
    }

    @Override
    public int cuDeviceGet(CUdevice device, int ordinal) {
        return result("cuDeviceGet");
    }

    @Override
    public int cuDeviceGetAttribute(int[] value, int attribute, CUdevice device) {
        value[0] = 1 << 17;
        return result("cuDeviceGetAttribute");
    }

    @Override
    public int cuDevicePrimaryCtxRetain(CUcontext context, CUdevice device) {
        return made("cuDevicePrimaryCtxRetain", "context", context);
    }

    @Override
    public int cuDevicePrimaryCtxRelease(CUdevice device) {
        return gone("cuDevicePrimaryCtxRelease", "context");
    }

    @Override
    public int cuCtxSetCurrent(CUcontext context) {
        return result("cuCtxSetCurrent");
    }

    @Override
    public int cuMemGetInfo(long[] free, long[] total) {
        return result("cuMemGetInfo");
    }

    @Override
    public int cuMemAlloc(CUdeviceptr address, long bytes) {
        int result = made("cuMemAlloc", "device memory", address);
        if (result == CUresult.CUDA_SUCCESS) {
            synchronized (this) {
                memory.put(value(address), new byte[Math.toIntExact(bytes)]);
                next += (bytes + 255) / 256 * 256;
            }
        }
        return result;
    }

    @Override
    public int cuMemFree(CUdeviceptr address) {
        synchronized (this) {
            memory.remove(address(address));
        }
        return gone("cuMemFree", "device memory");
    }

    @Override
    public int cuMemHostRegister(Pointer host, long bytes, int flags) {
        return made("cuMemHostRegister", "pinned memory", new CUdeviceptr());
    }

    @Override
    public int cuMemHostUnregister(Pointer host) {
        return gone("cuMemHostUnregister", "pinned memory");
    }

    @Override
    public int cuMemHostGetDevicePointer(CUdeviceptr address, Pointer host, int flags) {
        set(address, value(host));
        return result("cuMemHostGetDevicePointer");
    }

    @Override
    public int cuMemcpyHtoDAsync(CUdeviceptr target, Pointer source, long bytes, CUstream stream) {
        var from = MemorySegment.ofBuffer(source.getByteBuffer(0, bytes));
        long to = address(target);
        return queued("cuMemcpyHtoDAsync", () -> write(to, from.toArray(ValueLayout.JAVA_BYTE)));
    }

    @Override
    public int cuMemcpyDtoHAsync(Pointer target, CUdeviceptr source, long bytes, CUstream stream) {
        var to = MemorySegment.ofBuffer(target.getByteBuffer(0, bytes));
        long from = address(source);
        return queued("cuMemcpyDtoHAsync", () -> to.copyFrom(MemorySegment.ofArray(read(from, bytes))));
    }

    @Override
    public int cuMemcpyDtoDAsync(CUdeviceptr target, CUdeviceptr source, long bytes, CUstream stream) {
        long to = address(target);
        long from = address(source);
        return queued("cuMemcpyDtoDAsync", () -> write(to, read(from, bytes)));
    }

    @Override
    public int cuMemsetD8Async(CUdeviceptr target, byte value, long count, CUstream stream) {
        return queued("cuMemsetD8Async", () -> {});
    }

    @Override
    public int cuStreamCreate(CUstream stream, int flags) {
        return made("cuStreamCreate", "stream", stream);
    }

    @Override
    public int cuStreamDestroy(CUstream stream) {
        return gone("cuStreamDestroy", "stream");
    }

    @Override
    public int cuStreamSynchronize(CUstream stream) {
        int result = result("cuStreamSynchronize");
        synchronized (this) {
            var work = List.copyOf(queue);
            queue.clear();
            work.forEach(Runnable::run);
        }
        return result;
    }

    @Override
    public int cuStreamWaitEvent(CUstream stream, CUevent event, int flags) {
        return result("cuStreamWaitEvent");
    }

    @Override
    public int cuStreamWaitEvent(long stream, long event) {
        return result("cuStreamWaitEvent");
    }

    @Override
    public int cuEventRecord(long event, long stream) {
        return result("cuEventRecord");
    }

    @Override
    public int cuEventCreate(CUevent event, int flags) {
        return made("cuEventCreate", "event", event);
    }

    @Override
    public int cuEventDestroy(CUevent event) {
        return gone("cuEventDestroy", "event");
    }

    @Override
    public int cuEventQuery(CUevent event) {
        return cuStreamSynchronize(new CUstream());
    }

    @Override
    public int cuEventSynchronize(CUevent event) {
        return cuStreamSynchronize(new CUstream());
    }

    @Override
    public int cuEventRecord(CUevent event, CUstream stream) {
        return result("cuEventRecord");
    }

    @Override
    public int cuModuleLoadData(CUmodule module, byte[] image) {
        return made("cuModuleLoadData", "module", module);
    }

    @Override
    public int cuModuleUnload(CUmodule module) {
        return gone("cuModuleUnload", "module");
    }

    @Override
    public int cuModuleGetFunction(CUfunction function, CUmodule module, String name) {
        int result = result("cuModuleGetFunction");
        synchronized (this) {
            next += 256;
            set(function, next);
            names.put(function, name);
        }
        return result;
    }

    @Override
    public int cuFuncSetAttribute(CUfunction function, int attribute, int value) {
        return result("cuFuncSetAttribute");
    }

    @Override
    public int cuLaunchKernelEx(KernelFunction function, LaunchBlock block) {
        var call = block.isEarly() ? "early launch" : "launch";
        return launched(call, function, bytes(block.arguments()));
    }

    private int launched(String call, CUfunction function, byte[] arguments) {
        var launch = new Launch(String.valueOf(names.get(function)), arguments);
        return queued(call, () -> {
            launches.add(launch);
            kernels.accept(launch);
        });
    }

    private static byte[] bytes(ByteBuffer buffer) {
        var all = buffer.duplicate().clear();
        var bytes = new byte[all.remaining()];
        all.get(bytes);
        return bytes;
    }
}
