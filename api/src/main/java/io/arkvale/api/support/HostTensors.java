package io.arkvale.api.support;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.CapacityException;
import io.arkvale.api.ClosedException;
import io.arkvale.api.ElementType;
import io.arkvale.api.ForeignObjectException;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The tensors of one cache, in host memory: makes them, and knows its own again when a call brings them. */
public final class HostTensors implements AutoCloseable {
    private final CacheSpec spec;
    private final Set<HostTensor> open = new LinkedHashSet<>();
    private long bytes;

    /** Of a cache that has none yet. */
    public HostTensors(CacheSpec spec) {
        this.spec = spec;
    }

    /**
     * A tensor of zeros, as {@link io.arkvale.api.KvCache#allocate} makes it.
     *
     * @throws InvalidArgumentException for a shape or an element type that is not allowed
     * @throws CapacityException if there is not so much memory; nothing is left allocated
     */
    public Tensor allocate(ElementType elementType, int rows, int heads, int width) {
        if (elementType != spec.elementType() && elementType != ElementType.F32) {
            throw new InvalidArgumentException(
                    "elementType is " + elementType + "; allowed: " + spec.elementType() + ", F32");
        }
        CallChecks.shape(rows, heads, width);
        long size;
        try {
            size = Math.multiplyExact((long) rows * heads, (long) width * elementType.bytes());
        } catch (ArithmeticException e) {
            throw outOfMemory(Long.MAX_VALUE);
        }
        OffHeap memory;
        try {
            memory = new OffHeap(size);
        } catch (OutOfMemoryError e) {
            throw outOfMemory(size);
        }
        var tensor = new HostTensor(this, elementType, rows, heads, width, memory.segment, closing -> {
            memory.close();
            open.remove(closing);
            bytes -= size;
        });
        open.add(tensor);
        bytes += size;
        return tensor;
    }

    private static CapacityException outOfMemory(long needed) {
        return new CapacityException(
                "bytes of memory", needed, Runtime.getRuntime().maxMemory());
    }

    /**
     * A tensor that shows scores of a step, which owns it.
     *
     * @param scores {@code [pages][headGroups]}, or longer; not copied
     */
    public HostTensor scores(float[] scores, int pages) {
        return new HostTensor(
                this, ElementType.F32, pages, spec.headGroups(), 1, MemorySegment.ofArray(scores), closing -> {});
    }

    /**
     * The tensor that a call brings, if it is this cache's, open, and of the given shape or with more rows.
     *
     * @param name what the call calls it
     * @throws ForeignObjectException if it is another cache's
     * @throws ClosedException if it is closed
     * @throws InvalidArgumentException if its type or shape is another
     */
    public HostTensor require(String name, Tensor tensor, ElementType type, int rows, int heads, int width) {
        if (!(tensor instanceof HostTensor own) || own.owner != this) {
            throw new ForeignObjectException(name + " is a tensor of another cache");
        }
        if (own.isClosed()) {
            throw new ClosedException(name + " is a closed tensor");
        }
        CallChecks.tensor(name, own, type, rows, heads, width);
        return own;
    }

    /** The queries or outputs that a call brings; see {@link #require}. */
    public HostTensor requireQueries(String name, Tensor tensor, int rows) {
        return require(name, tensor, spec.elementType(), rows, spec.queryHeads(), spec.headDim());
    }

    /** The keys or values that a call brings; see {@link #require}. */
    public HostTensor requireKeys(String name, Tensor tensor, int rows) {
        return require(name, tensor, spec.elementType(), rows, spec.kvHeads(), spec.headDim());
    }

    /** The scores that a call brings; see {@link #require}. */
    public HostTensor requireScores(String name, Tensor tensor, int pages) {
        return require(name, tensor, ElementType.F32, pages, spec.headGroups(), 1);
    }

    /** Bytes of all open tensors. */
    public long bytes() {
        return bytes;
    }

    /** Closes every tensor. */
    @Override
    public void close() {
        List.copyOf(open).forEach(HostTensor::close);
    }
}
