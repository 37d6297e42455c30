package io.arkvale.llama.cuda;

import io.arkvale.api.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** Products by cuBLAS in one stream, accumulated in float32. The library starts with the first one, which takes 0.3 s. */
final class Products implements AutoCloseable {
    /** What cuBLAS may use for products that it divides; without it, it would allocate. */
    private static final long WORKSPACE = 64L << 20;

    private final CudaDevice device;
    private final CudaStream stream;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment factors = arena.allocate(ValueLayout.JAVA_FLOAT, 2);
    private @Nullable MemorySegment handle;
    private CudaDevice.@Nullable Block workspace;

    Products(CudaDevice device, CudaStream stream) {
        this.device = device;
        this.stream = stream;
    }

    /** Queues {@code out = alpha · in · Wᵀ + beta · out}. */
    void multiply(CudaRows in, CudaMatrix matrix, float alpha, float beta, CudaRows out) {
        // cuBLAS has taken the factors when the call returns.
        factors.setAtIndex(ValueLayout.JAVA_FLOAT, 0, alpha);
        factors.setAtIndex(ValueLayout.JAVA_FLOAT, 1, beta);
        int status = device.cublas.multiply(
                started(),
                factors,
                in.rows(),
                matrix.outputs(),
                matrix.inputs(),
                in.address(),
                Math.toIntExact(in.stride()),
                matrix.address(),
                name(matrix.type()),
                out.address(),
                Math.toIntExact(out.stride()),
                name(out.type()));
        CudaDevice.checkProduct(status, "cublasGemmEx");
    }

    /** A type as CUDA names it. */
    private static int name(ElementType type) {
        return switch (type) {
            case F32 -> 0;
            case F16 -> 2;
            case BF16 -> 14;
        };
    }

    private MemorySegment started() {
        var known = handle;
        if (known != null) {
            return known;
        }
        device.enter();
        try (var here = Arena.ofConfined()) {
            var out = here.allocate(ValueLayout.ADDRESS);
            CudaDevice.checkProduct(Native.invoke(device.cublas.create, out), "cublasCreate");
            var created = out.get(ValueLayout.ADDRESS, 0);
            handle = created;
            CudaDevice.checkProduct(
                    Native.invoke(device.cublas.setStream, created, stream.handle()), "cublasSetStream");
            var room = device.allocate(WORKSPACE);
            workspace = room;
            CudaDevice.checkProduct(
                    Native.invoke(device.cublas.setWorkspace, created, room.address, room.bytes), "cublasSetWorkspace");
            return created;
        }
    }

    /** The stream has been waited for. */
    @Override
    public void close() {
        if (handle != null) {
            CudaDevice.checkProduct(Native.invoke(device.cublas.destroy, handle), "cublasDestroy");
            handle = null;
        }
        if (workspace != null) {
            workspace.close();
        }
        arena.close();
    }
}
