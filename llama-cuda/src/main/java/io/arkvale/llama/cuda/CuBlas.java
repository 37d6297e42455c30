package io.arkvale.llama.cuda;

import io.arkvale.api.Availability.Unavailable;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The calls of cuBLAS; versions 12 and 13 have the same ones. */
final class CuBlas {
    private static final List<String> USUAL = List.of(
            "libcublas.so.13",
            "libcublas.so.12",
            "/usr/local/cuda/lib64/libcublas.so.13",
            "/usr/local/cuda/lib64/libcublas.so.12");

    private static final int TRANSPOSED = 1;
    private static final int PLAIN = 0;
    private static final int COMPUTE_F32 = 68;
    private static final int DEFAULT_ALGORITHM = -1;

    final MethodHandle create;
    final MethodHandle destroy;
    final MethodHandle setStream;
    final MethodHandle setWorkspace;
    private final MethodHandle product;

    CuBlas(SymbolLookup library) {
        create = Native.call(library, "cublasCreate_v2", "a");
        destroy = Native.call(library, "cublasDestroy_v2", "a");
        setStream = Native.call(library, "cublasSetStream_v2", "aa");
        setWorkspace = Native.call(library, "cublasSetWorkspace_v2", "all");
        product = Native.call(library, "cublasGemmEx", "aiiiiialiiliialiiii");
    }

    /** The library, if it is found. */
    static Optional<SymbolLookup> find(@Nullable String named) {
        return (named == null ? USUAL : List.of(named))
                .stream().map(Native::library).flatMap(Optional::stream).findFirst();
    }

    /** Why there is none. */
    static Unavailable missing(@Nullable String named) {
        return named == null
                ? new Unavailable(
                        "cuBLAS is not found: the loader has neither libcublas.so.13 nor libcublas.so.12",
                        "install it with CUDA 12 or 13, or name its file with the option cublas")
                : new Unavailable(
                        "cuBLAS is not found: the loader has no " + named,
                        "name the file of libcublas 12 or 13 with the option cublas");
    }

    /**
     * Queues {@code C = alpha · X · Wᵀ + beta · C}, all row-major: X is {@code [rows, inputs]}, W {@code [outputs, inputs]},
     * C {@code [rows, outputs]}.
     *
     * @param factors alpha and beta, two floats of the host
     * @param type of X and W, as CUDA names it
     * @return 0 for success
     */
    int multiply(
            MemorySegment handle,
            MemorySegment factors,
            int rows,
            int outputs,
            int inputs,
            long x,
            int xStride,
            long w,
            int type,
            long c,
            int cStride,
            int cType) {
        // To cuBLAS, whose matrices are column-major, this is Cᵀ = (Wᵀ)ᵀ · Xᵀ.
        try {
            return (int) product.invokeExact(
                    handle,
                    TRANSPOSED,
                    PLAIN,
                    outputs,
                    rows,
                    inputs,
                    factors,
                    w,
                    type,
                    inputs,
                    x,
                    type,
                    xStride,
                    factors.asSlice(Float.BYTES),
                    c,
                    cType,
                    cStride,
                    COMPUTE_F32,
                    DEFAULT_ALGORITHM);
        } catch (Throwable e) {
            throw Native.thrown(e);
        }
    }
}
