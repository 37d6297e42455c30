package io.arkvale.llama.cuda;

import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/** The calls of the NVIDIA driver, under their names. Touched only where {@link Native#driver} is there. */
final class DriverCalls {
    private static final SymbolLookup LIBRARY = Native.driver().orElseThrow();

    static final MethodHandle INIT = Native.call(LIBRARY, "cuInit", "i");
    static final MethodHandle ERROR_NAME = Native.call(LIBRARY, "cuGetErrorName", "ia");
    static final MethodHandle DEVICE_COUNT = Native.call(LIBRARY, "cuDeviceGetCount", "a");
    static final MethodHandle DEVICE_GET = Native.call(LIBRARY, "cuDeviceGet", "ai");
    static final MethodHandle DEVICE_NAME = Native.call(LIBRARY, "cuDeviceGetName", "aii");
    static final MethodHandle CONTEXT_RETAIN = Native.call(LIBRARY, "cuDevicePrimaryCtxRetain", "ai");
    static final MethodHandle CONTEXT_RELEASE = Native.call(LIBRARY, "cuDevicePrimaryCtxRelease_v2", "i");
    static final MethodHandle CONTEXT_SET = Native.call(LIBRARY, "cuCtxSetCurrent", "a");
    static final MethodHandle MEMORY_INFO = Native.call(LIBRARY, "cuMemGetInfo_v2", "aa");
    static final MethodHandle ALLOCATE = Native.call(LIBRARY, "cuMemAlloc_v2", "al");
    static final MethodHandle FREE = Native.call(LIBRARY, "cuMemFree_v2", "l");
    static final MethodHandle FILL = Native.call(LIBRARY, "cuMemsetD8Async", "lila");
    static final MethodHandle UPLOAD_AND_WAIT = Native.call(LIBRARY, "cuMemcpyHtoD_v2", "lal");
    static final MethodHandle UPLOAD = Native.call(LIBRARY, "cuMemcpyHtoDAsync_v2", "lala");
    static final MethodHandle DOWNLOAD = Native.call(LIBRARY, "cuMemcpyDtoHAsync_v2", "alla");
    static final MethodHandle STREAM_CREATE = Native.call(LIBRARY, "cuStreamCreate", "ai");
    static final MethodHandle STREAM_DESTROY = Native.call(LIBRARY, "cuStreamDestroy_v2", "a");
    static final MethodHandle STREAM_AWAIT = Native.call(LIBRARY, "cuStreamSynchronize", "a");
    static final MethodHandle MODULE_LOAD = Native.call(LIBRARY, "cuModuleLoadData", "aa");
    static final MethodHandle MODULE_UNLOAD = Native.call(LIBRARY, "cuModuleUnload", "a");
    static final MethodHandle ATTRIBUTE = Native.call(LIBRARY, "cuDeviceGetAttribute", "aii");
    static final MethodHandle FUNCTION_SET = Native.call(LIBRARY, "cuFuncSetAttribute", "aii");
    static final MethodHandle FUNCTION = Native.call(LIBRARY, "cuModuleGetFunction", "aaa");

    /** Description, function, arguments, nothing. */
    static final MethodHandle LAUNCH = Native.call(LIBRARY, "cuLaunchKernelEx", "aaaa");

    private DriverCalls() {}
}
