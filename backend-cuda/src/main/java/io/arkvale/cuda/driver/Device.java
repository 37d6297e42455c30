package io.arkvale.cuda.driver;

import io.arkvale.api.BackendLostException;
import io.arkvale.api.CapacityException;
import io.arkvale.api.ClosedException;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdevice_attribute;
import jcuda.driver.CUresult;
import org.jspecify.annotations.Nullable;

/** One GPU with its primary context. Every result of the driver passes through {@link #check}. */
public final class Device implements AutoCloseable {
    /** Compute capability from which on it can launch early, and the only one that has products of whole warpgroups. */
    private static final int HOPPER = 9;

    public final Driver driver;
    public final int multiprocessors;

    /** Shared memory that one block may have, in bytes. */
    public final int blockMemory;

    /** Whether a launch may begin before the one in front of it is over. */
    public final boolean launchesEarly;

    /** Whether warpgroups multiply together. */
    public final boolean multipliesByWarpgroup;

    private final CUdevice device = new CUdevice();
    private final CUcontext context = new CUcontext();
    private volatile @Nullable String loss;

    /**
     * Takes hold of a GPU.
     *
     * @throws CapacityException if it has no memory left for a context
     */
    public Device(Driver driver, int number) {
        this.driver = driver;
        check(driver.cuInit(0), "cuInit");
        check(driver.cuDeviceGet(device, number), "cuDeviceGet");
        checkShortage(
                driver.cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain", "contexts of the GPU", 1);
        multiprocessors = attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
        blockMemory = attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
        int capability = attribute(CUdevice_attribute.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
        launchesEarly = capability >= HOPPER;
        multipliesByWarpgroup = capability == HOPPER;
    }

    private int attribute(int attribute) {
        var value = new int[1];
        check(driver.cuDeviceGetAttribute(value, attribute, device), "cuDeviceGetAttribute");
        return value[0];
    }

    /** Makes the context current in the calling thread: the first thing that every call does. */
    public void enter() {
        var lost = loss;
        if (lost != null) {
            throw new ClosedException("the backend was closed when its device was lost: " + lost);
        }
        check(driver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
    }

    /**
     * Checks a result of the driver. No error but a lack of memory is expected of calls that this backend makes, so any
     * other one means that the context can no longer be trusted.
     */
    public void check(int result, String call) {
        if (result != CUresult.CUDA_SUCCESS) {
            var message = call + " failed with " + CUresult.stringFor(result);
            loss = message;
            throw new BackendLostException("the GPU is lost, and with it the backend: " + message, null);
        }
    }

    /**
     * Checks the result of an allocation.
     *
     * @throws CapacityException if there is not enough memory
     */
    public void checkAllocation(int result, String call, String pool, long bytes) {
        if (result == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            throw new CapacityException(pool, bytes, freeBytes());
        }
        check(result, call);
    }

    /**
     * Checks the result of a call that makes something in memory of the driver's own, of which none is known to be free.
     *
     * @throws CapacityException if there is not enough memory
     */
    public void checkShortage(int result, String call, String pool, long count) {
        if (result == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
            throw new CapacityException(pool, count, 0);
        }
        check(result, call);
    }

    public boolean isLost() {
        return loss != null;
    }

    private long freeBytes() {
        var free = new long[1];
        check(driver.cuMemGetInfo(free, new long[1]), "cuMemGetInfo");
        return free[0];
    }

    @Override
    public void close() {
        // Of a lost context nothing can be given back but the context.
        driver.cuDevicePrimaryCtxRelease(device);
    }
}
