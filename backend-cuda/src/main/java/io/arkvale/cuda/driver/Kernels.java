package io.arkvale.cuda.driver;

import io.arkvale.api.ElementType;
import io.arkvale.cuda.kernel.KernelName;
import io.arkvale.cuda.kernel.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jcuda.driver.CUfunction_attribute;
import jcuda.driver.CUmodule;

/** The compiled kernels: an image per source file, or per source file and store. */
public final class Kernels implements AutoCloseable {
    private static final String POOL = "bytes of device memory for kernels";

    private final Device device;
    private final Map<String, Image> images = new ConcurrentHashMap<>();
    private final Map<String, Kernel> kernels = new ConcurrentHashMap<>();

    private record Image(CUmodule module, long bytes) {}

    public Kernels(Device device) {
        this.device = device;
    }

    /**
     * All that caches of an element type and a store use. They are loaded here, so that no later call lacks memory for one.
     *
     * @throws io.arkvale.api.CapacityException if there is not enough memory
     */
    public Map<KernelName, Kernel> load(ElementType type, Store store) {
        var loaded = new EnumMap<KernelName, Kernel>(KernelName.class);
        for (var name : KernelName.values()) {
            if (name.isFor(type)) {
                var image = name.image(store);
                var function = name.function(type);
                loaded.put(name, kernels.computeIfAbsent(image + " " + function, key -> load(image, function)));
            }
        }
        return loaded;
    }

    private Kernel load(String image, String name) {
        var loaded = images.computeIfAbsent(image, this::loadImage);
        var function = new KernelFunction();
        device.checkAllocation(
                device.driver.cuModuleGetFunction(function, loaded.module(), name),
                "cuModuleGetFunction of " + name,
                POOL,
                loaded.bytes());
        return new Kernel(name, function);
    }

    private Image loadImage(String image) {
        var name = "/io/arkvale/cuda/images/" + image + ".fatbin";
        try (var stream = Kernels.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalStateException("the backend's jar lacks " + name);
            }
            var module = new CUmodule();
            var bytes = stream.readAllBytes();
            device.checkAllocation(
                    device.driver.cuModuleLoadData(module, bytes), "cuModuleLoadData of " + name, POOL, bytes.length);
            return new Image(module, bytes.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        images.values().forEach(image -> device.driver.cuModuleUnload(image.module()));
        images.clear();
        kernels.clear();
    }

    /** One kernel. */
    public final class Kernel {
        /** Beyond this much shared memory, a kernel has to be told that it may. */
        private static final int USUAL_SHARED_BYTES = 48 << 10;

        private final String name;
        private final KernelFunction function;
        private volatile int mostSharedBytes = USUAL_SHARED_BYTES;

        private Kernel(String name, KernelFunction function) {
            this.name = name;
            this.function = function;
        }

        /** Queues a launch that has been described; all of it is taken at once. */
        public void launch(LaunchBlock block, int sharedBytes) {
            allow(sharedBytes);
            device.check(device.driver.cuLaunchKernelEx(function, block), name);
        }

        private void allow(int bytes) {
            if (bytes > mostSharedBytes) {
                allowMore(bytes);
            }
        }

        private synchronized void allowMore(int bytes) {
            if (bytes <= mostSharedBytes) {
                return; // another cache's thread has come first
            }
            device.check(
                    device.driver.cuFuncSetAttribute(
                            function, CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, bytes),
                    "cuFuncSetAttribute of " + name);
            mostSharedBytes = bytes;
        }
    }

    /** Blocks of a launch. */
    public record Grid(int x, int y, int z) {
        public Grid(int x) {
            this(x, 1, 1);
        }

        public Grid(int x, int y) {
            this(x, y, 1);
        }
    }
}
