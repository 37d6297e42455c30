package io.arkvale.llama.cuda;

import io.arkvale.api.ElementType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The compiled kernels of {@code dense.cu} and {@code product.cu}. */
final class DenseKernels implements AutoCloseable {
    private static final String DENSE = "/io/arkvale/llama/cuda/images/dense.fatbin";
    private static final String PRODUCT = "/io/arkvale/llama/cuda/images/product.fatbin";
    static final List<String> IMAGES = List.of(DENSE, PRODUCT);

    private static final int DYNAMIC_SHARED_BYTES = 8;

    /** A kernel. */
    enum Name {
        NORM,
        ROTATE,
        ACTIVATE,
        EMBED,
        MIX,
        ADD_BIAS,
        RANDOMIZE,
        /** For float32 alone. */
        ARG_MAX,
        /** For whole numbers. */
        ADVANCE,
        /** For numbers of 16 bits alone, as the next. */
        PRODUCT_8,
        PRODUCT_16,
        /** For bfloat16 alone, as the next. */
        NORMED_PRODUCT_8,
        NORMED_PRODUCT_16;

        private boolean hasTypes() {
            return this != ARG_MAX && this != ADVANCE;
        }

        boolean isProduct() {
            return switch (this) {
                case PRODUCT_8, PRODUCT_16, NORMED_PRODUCT_8, NORMED_PRODUCT_16 -> true;
                default -> false;
            };
        }

        /** Whether it is there for a type. */
        boolean isFor(ElementType type) {
            return switch (this) {
                case PRODUCT_8, PRODUCT_16 -> type != ElementType.F32;
                case NORMED_PRODUCT_8, NORMED_PRODUCT_16 -> type == ElementType.BF16;
                default -> true;
            };
        }

        /** The image that has it. */
        String image() {
            return isProduct() ? PRODUCT : DENSE;
        }

        /** Its function's name in the image. */
        String function(ElementType type) {
            var name = name().toLowerCase(Locale.ROOT);
            return hasTypes() ? name + "_" + type.name().toLowerCase(Locale.ROOT) : name;
        }
    }

    private final CudaDevice device;
    private final Map<String, MemorySegment> modules = new HashMap<>();
    private final Map<ElementType, Map<Name, MemorySegment>> functions = new EnumMap<>(ElementType.class);

    /** Loads them; the device's context is current. */
    DenseKernels(CudaDevice device) {
        this.device = device;
        try (var arena = Arena.ofConfined()) {
            var out = arena.allocate(ValueLayout.ADDRESS);
            for (var image : IMAGES) {
                CudaDevice.check(Native.invoke(DriverCalls.MODULE_LOAD, out, image(image, arena)), "cuModuleLoadData");
                modules.put(image, out.get(ValueLayout.ADDRESS, 0));
            }
            for (var type : ElementType.values()) {
                var ofType = new EnumMap<Name, MemorySegment>(Name.class);
                for (var name : Name.values()) {
                    if (name.isFor(type)) {
                        ofType.put(name, find(arena, name, type));
                    }
                }
                functions.put(type, ofType);
            }
        }
    }

    private static MemorySegment image(String image, Arena arena) {
        try (var stream = DenseKernels.class.getResourceAsStream(image)) {
            if (stream == null) {
                throw new IllegalStateException("the jar of models on cuda lacks " + image);
            }
            var bytes = stream.readAllBytes();
            var memory = arena.allocate(bytes.length, Long.BYTES);
            MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
            return memory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private MemorySegment find(Arena arena, Name name, ElementType type) {
        var out = arena.allocate(ValueLayout.ADDRESS);
        CudaDevice.check(
                Native.invoke(
                        DriverCalls.FUNCTION,
                        out,
                        Objects.requireNonNull(modules.get(name.image())),
                        arena.allocateFrom(name.function(type))),
                "cuModuleGetFunction");
        var function = out.get(ValueLayout.ADDRESS, 0);
        if (name.isProduct() && device.hasSharedMemory(NarrowProducts.SHARED_BYTES)) {
            CudaDevice.check(
                    Native.invoke(
                            DriverCalls.FUNCTION_SET, function, DYNAMIC_SHARED_BYTES, NarrowProducts.SHARED_BYTES),
                    "cuFuncSetAttribute");
        }
        return function;
    }

    /** Whether a launch may begin before the one in front of it is over. */
    boolean launchEarly() {
        return device.launchesEarly;
    }

    MemorySegment function(Name name, ElementType type) {
        return Objects.requireNonNull(
                Objects.requireNonNull(functions.get(type)).get(name));
    }

    @Override
    public void close() {
        device.enter();
        modules.values()
                .forEach(
                        module -> CudaDevice.check(Native.invoke(DriverCalls.MODULE_UNLOAD, module), "cuModuleUnload"));
    }
}
