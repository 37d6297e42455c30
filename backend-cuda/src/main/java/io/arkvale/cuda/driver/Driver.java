package io.arkvale.cuda.driver;

import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUdeviceptr;
import jcuda.driver.CUevent;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/**
 * The calls of the driver that the backend makes, under the driver's names and with its results. One to one, so that a
 * test can put a driver of its own in place of a GPU.
 */
public class Driver {
    public int cuInit(int flags) {
        return JCudaDriver.cuInit(flags);
    }

    public int cuDeviceGet(CUdevice device, int ordinal) {
        return JCudaDriver.cuDeviceGet(device, ordinal);
    }

    public int cuDeviceGetAttribute(int[] value, int attribute, CUdevice device) {
        return JCudaDriver.cuDeviceGetAttribute(value, attribute, device);
    }

    public int cuDevicePrimaryCtxRetain(CUcontext context, CUdevice device) {
        return JCudaDriver.cuDevicePrimaryCtxRetain(context, device);
    }

    public int cuDevicePrimaryCtxRelease(CUdevice device) {
        return JCudaDriver.cuDevicePrimaryCtxRelease(device);
    }

    public int cuCtxSetCurrent(CUcontext context) {
        return JCudaDriver.cuCtxSetCurrent(context);
    }

    public int cuMemGetInfo(long[] free, long[] total) {
        return JCudaDriver.cuMemGetInfo(free, total);
    }

    public int cuMemAlloc(CUdeviceptr address, long bytes) {
        return JCudaDriver.cuMemAlloc(address, bytes);
    }

    public int cuMemFree(CUdeviceptr address) {
        return JCudaDriver.cuMemFree(address);
    }

    public int cuMemHostRegister(Pointer memory, long bytes, int flags) {
        return JCudaDriver.cuMemHostRegister(memory, bytes, flags);
    }

    public int cuMemHostUnregister(Pointer memory) {
        return JCudaDriver.cuMemHostUnregister(memory);
    }

    public int cuMemHostGetDevicePointer(CUdeviceptr address, Pointer memory, int flags) {
        return JCudaDriver.cuMemHostGetDevicePointer(address, memory, flags);
    }

    public int cuMemcpyHtoDAsync(CUdeviceptr target, Pointer source, long bytes, CUstream stream) {
        return JCudaDriver.cuMemcpyHtoDAsync(target, source, bytes, stream);
    }

    public int cuMemcpyDtoHAsync(Pointer target, CUdeviceptr source, long bytes, CUstream stream) {
        return JCudaDriver.cuMemcpyDtoHAsync(target, source, bytes, stream);
    }

    public int cuMemcpyDtoDAsync(CUdeviceptr target, CUdeviceptr source, long bytes, CUstream stream) {
        return JCudaDriver.cuMemcpyDtoDAsync(target, source, bytes, stream);
    }

    public int cuMemsetD8Async(CUdeviceptr target, byte value, long count, CUstream stream) {
        return JCudaDriver.cuMemsetD8Async(target, value, count, stream);
    }

    public int cuStreamCreate(CUstream stream, int flags) {
        return JCudaDriver.cuStreamCreate(stream, flags);
    }

    public int cuStreamDestroy(CUstream stream) {
        return JCudaDriver.cuStreamDestroy(stream);
    }

    public int cuStreamSynchronize(CUstream stream) {
        return JCudaDriver.cuStreamSynchronize(stream);
    }

    public int cuStreamWaitEvent(CUstream stream, CUevent event, int flags) {
        return JCudaDriver.cuStreamWaitEvent(stream, event, flags);
    }

    /** The same for an event of the caller's. */
    public int cuStreamWaitEvent(long stream, long event) {
        return CallersEvents.await(stream, event);
    }

    public int cuEventCreate(CUevent event, int flags) {
        return JCudaDriver.cuEventCreate(event, flags);
    }

    public int cuEventDestroy(CUevent event) {
        return JCudaDriver.cuEventDestroy(event);
    }

    public int cuEventQuery(CUevent event) {
        return JCudaDriver.cuEventQuery(event);
    }

    public int cuEventSynchronize(CUevent event) {
        return JCudaDriver.cuEventSynchronize(event);
    }

    public int cuEventRecord(CUevent event, CUstream stream) {
        return JCudaDriver.cuEventRecord(event, stream);
    }

    /** The same for an event of the caller's. */
    public int cuEventRecord(long event, long stream) {
        return CallersEvents.record(event, stream);
    }

    public int cuModuleLoadData(CUmodule module, byte[] image) {
        return JCudaDriver.cuModuleLoadData(module, image);
    }

    public int cuModuleUnload(CUmodule module) {
        return JCudaDriver.cuModuleUnload(module);
    }

    public int cuModuleGetFunction(CUfunction function, CUmodule module, String name) {
        return JCudaDriver.cuModuleGetFunction(function, module, name);
    }

    public int cuFuncSetAttribute(CUfunction function, int attribute, int value) {
        return JCudaDriver.cuFuncSetAttribute(function, attribute, value);
    }

    /** As described; JCuda's call takes the arguments apart anew each time, and cannot launch early. */
    public int cuLaunchKernelEx(KernelFunction function, LaunchBlock block) {
        return block.launch(function);
    }
}
