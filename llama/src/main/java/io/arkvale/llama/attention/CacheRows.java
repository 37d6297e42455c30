package io.arkvale.llama.attention;

import io.arkvale.api.ElementType;
import io.arkvale.api.KvCache;
import io.arkvale.api.Tensor;
import io.arkvale.kernels.Kernels;
import io.arkvale.kernels.storage.FormatCodec;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Float rows on their way to and from a cache's tensor, which grows to the most rows seen. */
final class CacheRows implements AutoCloseable {
    private final KvCache cache;
    private final int heads;
    private final FormatCodec codec;
    private @Nullable Tensor tensor;
    private byte[] converted = new byte[0];

    CacheRows(KvCache cache, int heads) {
        this.cache = cache;
        this.heads = heads;
        codec = Kernels.vector()
                .codec(StorageFormat.valueOf(cache.spec().elementType().name()));
    }

    /** A tensor of at least so many rows; what it held before is lost when it grows. */
    Tensor of(int rows) {
        var present = tensor;
        if (present == null || present.rows() < rows) {
            close();
            present = cache.allocate(
                    cache.spec().elementType(), rows, heads, cache.spec().headDim());
            tensor = present;
        }
        return present;
    }

    /** The tensor, its first rows being those of {@code source}, {@code [rows, heads, headDim]}. */
    Tensor of(int rows, float[] source) {
        var target = of(rows);
        if (target.elementType() == ElementType.F32) {
            target.copyFrom(0, rows, MemorySegment.ofArray(source));
        } else {
            var staging = staging(target, rows);
            codec.encode(source, 0, staging, 0, elements(rows));
            target.copyFrom(0, rows, staging);
        }
        return target;
    }

    /** Copies the tensor's first rows to {@code target}, {@code [rows, heads, headDim]}. */
    void read(int rows, float[] target) {
        var source = of(rows);
        if (source.elementType() == ElementType.F32) {
            source.copyTo(0, rows, MemorySegment.ofArray(target));
        } else {
            var staging = staging(source, rows);
            source.copyTo(0, rows, staging);
            codec.decode(staging, 0, target, 0, elements(rows));
        }
    }

    private MemorySegment staging(Tensor tensor, int rows) {
        int bytes = Math.toIntExact(rows * tensor.rowBytes());
        if (converted.length < bytes) {
            converted = new byte[bytes];
        }
        return MemorySegment.ofArray(converted);
    }

    private int elements(int rows) {
        return Math.multiplyExact(rows, heads * cache.spec().headDim());
    }

    @Override
    public void close() {
        if (tensor != null) {
            tensor.close();
            tensor = null;
        }
    }
}
