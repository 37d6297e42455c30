package io.arkvale.core.tensor;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities;
import io.arkvale.api.CapacityException;
import io.arkvale.api.ElementType;
import io.arkvale.api.ForeignObjectException;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.Tensor;
import io.arkvale.api.UnsupportedFeatureException;
import io.arkvale.spi.TensorMemory;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The tensors of one cache: makes them, and knows its own again when a call brings them.
 *
 * @param <M> their memory
 */
public final class CacheTensors<M extends TensorMemory> implements AutoCloseable {
    /** Gives memory; see {@link io.arkvale.spi.PageDevice}. */
    public interface Allocator<M> {
        /** So many bytes, all zero, in rows without gaps. */
        M allocate(long bytes, long rowBytes);

        /** The caller's memory, in rows so far apart. */
        M wrap(MemorySegment memory, long rowStride);
    }

    private final CacheSpec spec;
    private final Capabilities capabilities;
    private final Guard guard;
    private final Allocator<M> allocator;
    private final Set<CacheTensor<M>> open = new LinkedHashSet<>();
    private long bytes;

    /**
     * Of a cache that has none yet.
     *
     * @param guard held while a tensor's memory is used
     */
    public CacheTensors(CacheSpec spec, Capabilities capabilities, Guard guard, Allocator<M> allocator) {
        this.spec = spec;
        this.capabilities = capabilities;
        this.guard = guard;
        this.allocator = allocator;
    }

    Guard guard() {
        return guard;
    }

    /**
     * A tensor of zeros, as {@link io.arkvale.api.KvCache#allocate} makes it.
     *
     * @throws InvalidArgumentException for a shape or an element type that is not allowed
     * @throws CapacityException if there is not so much memory; nothing is left allocated
     */
    public Tensor allocate(ElementType elementType, int rows, int heads, int width) {
        requireType(elementType);
        CallChecks.shape(rows, heads, width);
        long size;
        try {
            size = Math.multiplyExact((long) rows * heads, (long) width * elementType.bytes());
        } catch (ArithmeticException e) {
            size = Long.MAX_VALUE; // which no device has, and each refuses in its own words
        }
        var memory = allocator.allocate(size, size / rows);
        return register(new CacheTensor<>(this, elementType, rows, heads, width, memory, false));
    }

    /** A tensor over the caller's memory, as {@link io.arkvale.api.KvCache#wrap} makes it. */
    public Tensor wrap(MemorySegment memory, ElementType elementType, int rows, int heads, int width, long rowStride) {
        requireWraps();
        requireType(elementType);
        CallChecks.shape(rows, heads, width);
        long bytes = WrappedMemory.bytes(elementType, rows, heads, width, rowStride, capabilities.tensorAlignment());
        WrappedMemory.require(memory, bytes, elementType, capabilities);
        var device = allocator.wrap(memory.asSlice(0, bytes), rowStride);
        return register(new CacheTensor<>(this, elementType, rows, heads, width, device, true));
    }

    void requireWraps() {
        if (!capabilities.wrapsTensors()) {
            throw new UnsupportedFeatureException(Capabilities.Feature.HOST_TENSORS);
        }
    }

    private void requireType(ElementType elementType) {
        if (elementType != spec.elementType() && elementType != ElementType.F32) {
            throw new InvalidArgumentException(
                    "elementType is " + elementType + "; allowed: " + spec.elementType() + ", F32");
        }
    }

    private CacheTensor<M> register(CacheTensor<M> tensor) {
        open.add(tensor);
        bytes += tensor.ownBytes();
        return tensor;
    }

    /** A tensor that shows scores, {@code [pages][headGroups]}; closing it leaves the memory. */
    public CacheTensor<M> show(M scores, int pages) {
        return new CacheTensor<>(this, ElementType.F32, pages, spec.headGroups(), 1, scores, false);
    }

    void free(CacheTensor<M> tensor) {
        if (open.remove(tensor)) {
            bytes -= tensor.ownBytes();
            tensor.deviceMemory().close();
        }
    }

    /**
     * The memory of the tensor that a call brings, if it is this cache's, open, and of the given shape or with more rows.
     *
     * @param name what the call calls it
     * @throws ForeignObjectException if it is another cache's
     * @throws io.arkvale.api.ClosedException if it or the caller's memory under it is closed
     * @throws InvalidArgumentException if its type or shape is another
     */
    public M require(String name, Tensor tensor, ElementType type, int rows, int heads, int width) {
        var own = own(name, tensor);
        own.requireOpen(name);
        CallChecks.tensor(name, own, type, rows, heads, width);
        return own.deviceMemory();
    }

    @SuppressWarnings("unchecked") // whose owner this is has this memory
    private CacheTensor<M> own(String name, Tensor tensor) {
        if (!(tensor instanceof CacheTensor<?> own) || !own.isOf(this)) {
            throw new ForeignObjectException(name + " is a tensor of another cache");
        }
        return (CacheTensor<M>) own;
    }

    /** The queries or outputs that a call brings; see {@link #require}. */
    public M requireQueries(String name, Tensor tensor, int rows) {
        return require(name, tensor, spec.elementType(), rows, spec.queryHeads(), spec.headDim());
    }

    /** The keys or values that a call brings; see {@link #require}. */
    public M requireKeys(String name, Tensor tensor, int rows) {
        return require(name, tensor, spec.elementType(), rows, spec.kvHeads(), spec.headDim());
    }

    /** The scores that a call brings; see {@link #require}. */
    public M requireScores(String name, Tensor tensor, int pages) {
        return require(name, tensor, ElementType.F32, pages, spec.headGroups(), 1);
    }

    /** Bytes of all open tensors, without the caller's. */
    public long bytes() {
        return bytes;
    }

    /** Closes every tensor. */
    @Override
    public void close() {
        List.copyOf(open).forEach(CacheTensor::close);
    }
}
