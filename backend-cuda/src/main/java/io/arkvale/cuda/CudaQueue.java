package io.arkvale.cuda;

import io.arkvale.api.DeviceQueue;
import io.arkvale.api.InvalidArgumentException;
import java.util.function.IntSupplier;
import jcuda.driver.CUresult;

/**
 * The stream that a cache computes on. Whatever is queued in other streams and touches a caller's tensor has been ordered
 * with it when a call returns.
 */
record CudaQueue(CudaCache cache) implements DeviceQueue {
    @Override
    public long handle() {
        return cache.streams.compute.handle();
    }

    @Override
    public void await(long event) {
        call(event, () -> cache.device.driver.cuStreamWaitEvent(handle(), event), "cuStreamWaitEvent");
    }

    @Override
    public void record(long event) {
        call(event, () -> cache.device.driver.cuEventRecord(event, handle()), "cuEventRecord");
    }

    private void call(long event, IntSupplier call, String name) {
        cache.ordered(() -> {
            int result = event == 0 ? CUresult.CUDA_ERROR_INVALID_HANDLE : call.getAsInt();
            if (result == CUresult.CUDA_ERROR_INVALID_HANDLE || result == CUresult.CUDA_ERROR_INVALID_VALUE) {
                throw new InvalidArgumentException(
                        "event is " + event + "; allowed: a CUevent of the context that the cache's device has");
            }
            cache.device.check(result, name);
        });
    }
}
