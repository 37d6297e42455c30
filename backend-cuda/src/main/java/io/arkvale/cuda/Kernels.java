package io.arkvale.cuda;

import io.arkvale.api.ElementType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jcuda.driver.CUfunction;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUmodule;
import jcuda.driver.CUstream;
import jcuda.driver.JCudaDriver;

/** The compiled kernels, an image a source file, loaded when first needed. */
final class Kernels implements AutoCloseable {
    private final Device device;
    private final Map<String, CUmodule> modules = new ConcurrentHashMap<>();
    private final Map<String, Kernel> kernels = new ConcurrentHashMap<>();

    Kernels(Device device) {
        this.device = device;
    }

    /** The kernel of an image that does not depend on the element type. */
    Kernel get(String image, String name) {
        return kernels.computeIfAbsent(name, key -> load(image, key));
    }

    /** The kernel of an image for an element type. */
    Kernel get(String image, String name, ElementType type) {
        return get(image, name + "_" + type.name().toLowerCase(Locale.ROOT));
    }

    private Kernel load(String image, String name) {
        var module = modules.computeIfAbsent(image, this::loadModule);
        var function = new CUfunction();
        device.check(JCudaDriver.cuModuleGetFunction(function, module, name), "cuModuleGetFunction of " + name);
        return new Kernel(name, function);
    }

    private CUmodule loadModule(String image) {
        var name = "images/" + image + ".fatbin";
        try (var stream = Kernels.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("the backend's jar lacks " + name);
            }
            var module = new CUmodule();
            device.check(JCudaDriver.cuModuleLoadData(module, stream.readAllBytes()), "cuModuleLoadData of " + name);
            return module;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        modules.values().forEach(JCudaDriver::cuModuleUnload);
        modules.clear();
        kernels.clear();
    }

    /** One kernel. */
    final class Kernel {
        /** Beyond this much shared memory, a kernel has to be told that it may. */
        private static final int USUAL_SHARED_BYTES = 48 << 10;

        private final String name;
        private final CUfunction function;
        private volatile int mostSharedBytes = USUAL_SHARED_BYTES;

        private Kernel(String name, CUfunction function) {
            this.name = name;
            this.function = function;
        }

        /** Queues the kernel; the arguments are taken at once. */
        void launch(CUstream stream, Grid grid, int threads, int sharedBytes, CallArguments arguments) {
            if (sharedBytes > mostSharedBytes) {
                allow(sharedBytes);
            }
            device.check(
                    JCudaDriver.cuLaunchKernel(
                            function,
                            grid.x(),
                            grid.y(),
                            grid.z(),
                            threads,
                            1,
                            1,
                            sharedBytes,
                            stream,
                            arguments.pointer(),
                            null),
                    name);
        }

        private synchronized void allow(int bytes) {
            if (bytes <= mostSharedBytes) {
                return; // another cache's thread has come first
            }
            device.check(
                    JCudaDriver.cuFuncSetAttribute(
                            function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes),
                    "cuFuncSetAttribute of " + name);
            mostSharedBytes = bytes;
        }
    }

    /** Blocks of a launch. */
    record Grid(int x, int y, int z) {
        Grid(int x) {
            this(x, 1, 1);
        }

        Grid(int x, int y) {
            this(x, y, 1);
        }
    }
}
