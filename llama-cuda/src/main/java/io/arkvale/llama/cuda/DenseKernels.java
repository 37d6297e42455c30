package io.arkvale.llama.cuda;

import io.arkvale.api.ElementType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** The compiled kernels of {@code dense.cu}. */
final class DenseKernels implements AutoCloseable {
    static final String IMAGE = "/io/arkvale/llama/cuda/images/dense.fatbin";

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
        ADVANCE;

        private boolean hasTypes() {
            return this != ARG_MAX && this != ADVANCE;
        }

        /** Its function's name in the image. */
        String function(ElementType type) {
            var name = name().toLowerCase(Locale.ROOT);
            return hasTypes() ? name + "_" + type.name().toLowerCase(Locale.ROOT) : name;
        }
    }

    private final CudaDevice device;
    private final MemorySegment module;
    private final Map<ElementType, Map<Name, MemorySegment>> functions = new EnumMap<>(ElementType.class);

    /** Loads them; the device's context is current. */
    DenseKernels(CudaDevice device) {
        this.device = device;
        try (var arena = Arena.ofConfined()) {
            var out = arena.allocate(ValueLayout.ADDRESS);
            CudaDevice.check(Native.invoke(DriverCalls.MODULE_LOAD, out, image(arena)), "cuModuleLoadData");
            module = out.get(ValueLayout.ADDRESS, 0);
            for (var type : ElementType.values()) {
                var ofType = new EnumMap<Name, MemorySegment>(Name.class);
                for (var name : Name.values()) {
                    ofType.put(name, find(arena, name.function(type)));
                }
                functions.put(type, ofType);
            }
        }
    }

    private static MemorySegment image(Arena arena) {
        try (var stream = DenseKernels.class.getResourceAsStream(IMAGE)) {
            if (stream == null) {
                throw new IllegalStateException("the jar of models on cuda lacks " + IMAGE);
            }
            var bytes = stream.readAllBytes();
            var memory = arena.allocate(bytes.length, Long.BYTES);
            MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
            return memory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private MemorySegment find(Arena arena, String name) {
        var out = arena.allocate(ValueLayout.ADDRESS);
        CudaDevice.check(
                Native.invoke(DriverCalls.FUNCTION, out, module, arena.allocateFrom(name)), "cuModuleGetFunction");
        return out.get(ValueLayout.ADDRESS, 0);
    }

    MemorySegment function(Name name, ElementType type) {
        return Objects.requireNonNull(
                Objects.requireNonNull(functions.get(type)).get(name));
    }

    @Override
    public void close() {
        device.enter();
        CudaDevice.check(Native.invoke(DriverCalls.MODULE_UNLOAD, module), "cuModuleUnload");
    }
}
