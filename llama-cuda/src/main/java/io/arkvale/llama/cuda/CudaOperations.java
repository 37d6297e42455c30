package io.arkvale.llama.cuda;

import io.arkvale.api.ElementType;
import io.arkvale.api.KvCache;
import io.arkvale.api.Tensor;
import io.arkvale.kernels.Kernels;
import io.arkvale.kernels.storage.FormatCodec;
import io.arkvale.kernels.storage.StorageFormat;
import io.arkvale.llama.config.Activation;
import io.arkvale.llama.cuda.DenseKernels.Name;
import io.arkvale.llama.cuda.NarrowProducts.Norm;
import io.arkvale.llama.forward.DeviceOperations;
import io.arkvale.llama.forward.Indices;
import io.arkvale.llama.forward.Rows;
import io.arkvale.llama.rope.Rope;
import io.arkvale.llama.weights.Linear;
import io.arkvale.llama.weights.Matrix;
import io.arkvale.llama.weights.RmsNorm;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Dense operations queued in one stream. Matrices that lie one after the other and write rows that lie beside each other are
 * one product; products of few rows are for kernels of our own, others for cuBLAS.
 *
 * <p>Vectors (weights of norms, biases, frequencies) are copied to the device in float32 when they are first used. One thread
 * uses the operations at a time.
 */
final class CudaOperations implements DeviceOperations {
    private static final int THREADS = 256;
    private static final int MOST_THREADS = 1024;
    private static final int WARP = 32;

    /** Numbers that one thread of a norm takes, of wide rows. */
    private static final int NORMED = 4;

    /** What rows of a cache's tensor begin at. */
    private static final int ALIGNMENT = 16;

    private final CudaDevice device;
    private final CudaStream stream;
    private final LaunchQueue queue;
    private final Products products;
    private final NarrowProducts narrow;
    private final ElementType type;
    private final FormatCodec codec;
    private final List<CudaDevice.Block> memory = new ArrayList<>();
    private final IdentityHashMap<Object, Long> vectors = new IdentityHashMap<>();
    private boolean closed;

    CudaOperations(CudaDevice device, CudaStream stream) {
        this.device = device;
        this.stream = stream;
        type = device.elementType();
        codec = Kernels.vector().codec(StorageFormat.valueOf(type.name()));
        queue = new LaunchQueue(device.kernels, stream);
        products = new Products(device, stream);
        narrow = new NarrowProducts(device, queue);
        device.opened(this);
    }

    private CudaDevice.Block own(long bytes) {
        var block = device.allocate(Math.max(bytes, ALIGNMENT));
        memory.add(block);
        CudaDevice.check(
                Native.invoke(DriverCalls.FILL, block.address, 0, block.bytes, stream.handle()), "cuMemsetD8Async");
        return block;
    }

    private CudaRows allocate(ElementType kept, int rows, int width) {
        // As tensors of a cache want it.
        long stride = Math.ceilDiv((long) width * kept.bytes(), ALIGNMENT) * ALIGNMENT / kept.bytes();
        var block = own(rows * stride * kept.bytes());
        return new CudaRows(this, block.address, kept, rows, width, stride, block);
    }

    @Override
    public Rows allocate(int rows, int width) {
        return allocate(type, rows, width);
    }

    @Override
    public Rows allocateLogits(int rows, int width) {
        return allocate(ElementType.F32, rows, width);
    }

    @Override
    public List<Rows> allocateBeside(int rows, int... widths) {
        if (Arrays.stream(widths).anyMatch(width -> width * type.bytes() % ALIGNMENT != 0)) {
            return DeviceOperations.super.allocateBeside(rows, widths);
        }
        long stride = Arrays.stream(widths).sum();
        long address = own(rows * stride * type.bytes()).address;
        var beside = new ArrayList<Rows>();
        for (int width : widths) {
            beside.add(new CudaRows(this, address, type, rows, width, stride, null));
            address += (long) width * type.bytes();
        }
        return List.copyOf(beside);
    }

    @Override
    public Indices indices(int... values) {
        var block = own((long) values.length * Integer.BYTES);
        var indices = new CudaIndices(block.address, values.length, block);
        write(values, indices);
        return indices;
    }

    @Override
    public void embed(Matrix embedding, Indices tokens, Rows out) {
        var matrix = CudaMatrix.of(embedding);
        var target = CudaRows.of(out);
        queue.with(matrix.address())
                .with(CudaIndices.of(tokens).address())
                .with(target)
                .with(target.width());
        acrossRows(Name.EMBED, target, target.width());
    }

    @Override
    public void norm(RmsNorm norm, Rows in, Rows out) {
        var source = CudaRows.of(in);
        queue.with(source)
                .with(weights(norm))
                .with(norm.epsilon())
                .with(norm.width())
                .with(CudaRows.of(out));
        int threads = Math.min(MOST_THREADS, Math.ceilDiv(norm.width(), NORMED * WARP) * WARP);
        queue.launch(Name.NORM, type, source.rows(), source.width() / norm.width(), threads);
    }

    @Override
    public void normInPlace(RmsNorm norm, Rows rows) {
        norm(norm, rows, rows);
    }

    private long weights(RmsNorm norm) {
        Long known = vectors.get(norm);
        return known != null ? known : vector(norm, norm.weights());
    }

    private long vector(Object key, float[] values) {
        var block = own((long) values.length * Float.BYTES);
        try (var arena = Arena.ofConfined()) {
            upload(arena.allocateFrom(ValueLayout.JAVA_FLOAT, values), block.address);
            stream.await();
        }
        vectors.put(key, block.address);
        return block.address;
    }

    @Override
    public void multiply(Rows in, List<Linear> layers, List<Rows> outs) {
        multiply(CudaRows.of(in), Norm.NONE, layers, outs);
    }

    private void multiply(CudaRows in, Norm norm, List<Linear> layers, List<Rows> outs) {
        for (int first = 0; first < layers.size(); ) {
            var product = Joined.from(first, layers, outs);
            multiply(in, norm, product.matrix(), 1, 0, product.out());
            first += product.layers();
        }
        for (int i = 0; i < layers.size(); i++) {
            addBias(layers.get(i).bias(), 1, CudaRows.of(outs.get(i)));
        }
    }

    private void multiply(CudaRows in, Norm norm, CudaMatrix matrix, float alpha, float beta, CudaRows out) {
        if (in.width() != matrix.inputs() || out.width() != matrix.outputs() || in.rows() != out.rows()) {
            throw new IllegalArgumentException(
                    "the product of " + in.rows() + " × " + in.width() + " rows with a matrix of " + matrix.outputs()
                            + " × " + matrix.inputs() + " is not " + out.rows() + " × " + out.width());
        }
        if (narrow.takes(in, matrix)) {
            narrow.multiply(in, norm, matrix, alpha, beta, out);
        } else {
            products.multiply(in, matrix, alpha, beta, out);
        }
    }

    @Override
    public void multiplyNormed(RmsNorm norm, Rows in, List<Linear> layers, List<Rows> outs, Rows scratch) {
        var source = CudaRows.of(in);
        if (layers.stream().allMatch(layer -> narrow.takes(source, CudaMatrix.of(layer.weight())))) {
            var normed = normed(norm, source, scratch);
            multiply(normed.rows(), normed.norm(), layers, outs);
        } else {
            DeviceOperations.super.multiplyNormed(norm, in, layers, outs, scratch);
        }
    }

    @Override
    public void multiplyAndRotate(
            RmsNorm norm,
            Rows in,
            List<Linear> layers,
            List<Rows> outs,
            Rope rope,
            int headDim,
            Indices positions,
            Rows scratch) {
        var source = CudaRows.of(in);
        var all = NarrowProducts.turns(headDim, rope.pairs()) ? oneNarrow(source, layers, outs) : null;
        if (all != null) {
            int turned = outs.get(0).width() + outs.get(1).width();
            var turn = new NarrowProducts.Turn(
                    turned, headDim, CudaIndices.of(positions).address(), frequencies(rope), rope.factor());
            var normed = normed(norm, source, scratch);
            narrow.turn(normed.rows(), normed.norm(), all.matrix(), turn, all.out());
        } else {
            DeviceOperations.super.multiplyAndRotate(norm, in, layers, outs, rope, headDim, positions, scratch);
        }
    }

    @Override
    public void multiplyAndActivate(
            RmsNorm norm, Rows in, List<Linear> layers, List<Rows> outs, Activation activation, Rows scratch) {
        var source = CudaRows.of(in);
        var both = oneNarrow(source, layers, outs);
        if (both != null) {
            var normed = normed(norm, source, scratch);
            narrow.gate(normed.rows(), normed.norm(), both.matrix(), kind(activation), CudaRows.of(outs.get(0)));
        } else {
            DeviceOperations.super.multiplyAndActivate(norm, in, layers, outs, activation, scratch);
        }
    }

    @Override
    public void addProducts(Rows in, Linear layer, float factor, Rows target, Rows scratch) {
        multiply(CudaRows.of(in), Norm.NONE, CudaMatrix.of(layer.weight()), factor, 1, CudaRows.of(target));
        addBias(layer.bias(), factor, CudaRows.of(target));
    }

    /** All the layers as one product without biases that our own kernels take; null if they are not. */
    private @Nullable Joined oneNarrow(CudaRows in, List<Linear> layers, List<Rows> outs) {
        var all = Joined.from(0, layers, outs);
        return all.layers() == layers.size()
                        && layers.stream().allMatch(layer -> layer.bias() == null)
                        && narrow.takes(in, all.matrix())
                ? all
                : null;
    }

    /**
     * Rows for a product of our own.
     *
     * @param norm of theirs that is still to come
     */
    private record Normed(CudaRows rows, Norm norm) {}

    /** The rows as they are where the product can norm them, else normed ones in the scratch rows. */
    private Normed normed(RmsNorm norm, CudaRows in, Rows scratch) {
        if (NarrowProducts.norms(type)) {
            return new Normed(in, new Norm(weights(norm), norm.epsilon()));
        }
        norm(norm, in, scratch);
        return new Normed(CudaRows.of(scratch), Norm.NONE);
    }

    private void addBias(float @Nullable [] bias, float factor, CudaRows rows) {
        if (bias != null) {
            Long known = vectors.get(bias);
            long address = known != null ? known : vector(bias, bias);
            queue.with(rows).with(address).with(factor).with(rows.width());
            acrossRows(Name.ADD_BIAS, rows, rows.width());
        }
    }

    @Override
    public void rotate(Rope rope, int headDim, List<Rows> heads, Indices positions) {
        for (int i = 0; i < heads.size(); i++) {
            var target = CudaRows.of(heads.get(i));
            while (i + 1 < heads.size() && target.isBeside(CudaRows.of(heads.get(i + 1)))) {
                target = target.wider(heads.get(++i).width());
            }
            rotate(rope, headDim, target, target.width() / headDim, positions);
        }
    }

    private void rotate(Rope rope, int headDim, CudaRows target, int count, Indices positions) {
        int half = rope.pairs();
        if (half == 0) {
            return; // a layer of which nothing turns
        }
        long address = frequencies(rope);
        queue.with(target)
                .with(count)
                .with(headDim)
                .with(CudaIndices.of(positions).address())
                .with(address)
                .with(half)
                .with(rope.factor());
        acrossRows(Name.ROTATE, target, count * half);
    }

    private long frequencies(Rope rope) {
        Long known = vectors.get(rope);
        return known != null ? known : vector(rope, rope.frequencies());
    }

    @Override
    public void activate(Activation activation, Rows gate, Rows up) {
        var target = CudaRows.of(gate);
        queue.with(target).with(CudaRows.of(up)).with(target.width()).with(kind(activation));
        acrossRows(Name.ACTIVATE, target, target.width());
    }

    /** An activation as the kernels name it. */
    private static int kind(Activation activation) {
        return switch (activation) {
            case SILU -> 0;
            case GELU_TANH -> 1;
        };
    }

    @Override
    public void scale(Rows rows, float factor) {
        mix(rows, factor, rows, 0, rows);
    }

    @Override
    public void add(Rows target, Rows update) {
        mix(target, 1, update, 1, target);
    }

    @Override
    public void copy(Rows from, Rows to) {
        mix(from, 1, from, 0, to);
    }

    @Override
    public void mix(Rows first, float a, Rows second, float b, Rows out) {
        var target = CudaRows.of(out);
        queue.with(CudaRows.of(first))
                .with(a)
                .with(CudaRows.of(second))
                .with(b)
                .with(target)
                .with(target.width());
        acrossRows(Name.MIX, target, target.width());
    }

    /** Launches a kernel in which a thread has one number of a row. */
    private void acrossRows(Name name, CudaRows rows, int numbers) {
        queue.launch(name, rows.type(), rows.rows(), Math.max(1, Math.ceilDiv(numbers, THREADS)), THREADS);
    }

    @Override
    public void randomize(Rows rows, float bound, long seed) {
        var target = CudaRows.of(rows);
        if (target.stride() != target.width()) {
            throw new IllegalArgumentException("the rows have gaps; only rows without are filled");
        }
        queue.randomize(target.address(), target.type(), (long) target.rows() * target.width(), bound, seed);
    }

    @Override
    public void argMax(Rows logits, Indices tokens) {
        var source = CudaRows.of(logits);
        if (source.type() != ElementType.F32) {
            throw new IllegalArgumentException("the rows are " + source.type() + "; allowed: rows for logits");
        }
        queue.with(source).with(source.width()).with(CudaIndices.of(tokens).address());
        queue.launch(Name.ARG_MAX, ElementType.F32, source.rows(), 1, MOST_THREADS);
    }

    @Override
    public void advance(Indices indices) {
        var here = CudaIndices.of(indices);
        queue.with(here.address()).with(here.rows());
        queue.launch(Name.ADVANCE, type, Math.ceilDiv(here.rows(), THREADS), 1, THREADS);
    }

    @Override
    public Tensor tensor(KvCache cache, Rows rows, int heads) {
        var here = CudaRows.of(rows);
        long bytes = (here.rows() - 1) * here.strideBytes()
                + (long) here.width() * here.type().bytes();
        return cache.wrap(
                segment(here.address(), bytes),
                here.type(),
                here.rows(),
                heads,
                here.width() / heads,
                here.strideBytes());
    }

    @SuppressWarnings("restricted") // the host never accesses it
    private static MemorySegment segment(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    @Override
    public void write(int[] values, Indices indices) {
        if (values.length > 0) {
            try (var arena = Arena.ofConfined()) {
                upload(
                        arena.allocateFrom(ValueLayout.JAVA_INT, values),
                        CudaIndices.of(indices).address());
                stream.await();
            }
        }
    }

    @Override
    public int[] read(Indices indices) {
        var here = CudaIndices.of(indices);
        try (var arena = Arena.ofConfined()) {
            var target = arena.allocate(ValueLayout.JAVA_INT, here.rows());
            download(here.address(), target);
            return target.toArray(ValueLayout.JAVA_INT);
        }
    }

    /** Copies rows to the host, without what lies between them. */
    float[] download(CudaRows rows) {
        var values = new float[Math.multiplyExact(rows.rows(), rows.width())];
        if (values.length == 0) {
            return values;
        }
        var numbers = codec(rows);
        try (var arena = Arena.ofConfined()) {
            var target = arena.allocate(spanBytes(rows), Long.BYTES);
            download(rows.address(), target);
            for (int row = 0; row < rows.rows(); row++) {
                numbers.decode(target, row * rows.strideBytes(), values, row * rows.width(), rows.width());
            }
        }
        return values;
    }

    /** Copies rows of the host to rows that nothing else lies between. */
    void upload(float[] values, CudaRows rows) {
        if (rows.stride() - rows.width() >= ALIGNMENT) {
            throw new IllegalArgumentException("the rows are beside others; the host writes only rows that are not");
        }
        if (rows.rows() == 0) {
            return;
        }
        var numbers = codec(rows);
        try (var arena = Arena.ofConfined()) {
            var source = arena.allocate(spanBytes(rows), Long.BYTES);
            for (int row = 0; row < rows.rows(); row++) {
                numbers.encode(values, row * rows.width(), source, row * rows.strideBytes(), rows.width());
            }
            upload(source, rows.address());
            stream.await();
        }
    }

    private static long spanBytes(CudaRows rows) {
        return (rows.rows() - 1) * rows.strideBytes()
                + (long) rows.width() * rows.type().bytes();
    }

    private FormatCodec codec(CudaRows rows) {
        return rows.type() == type
                ? codec
                : Kernels.vector().codec(StorageFormat.valueOf(rows.type().name()));
    }

    private void upload(MemorySegment source, long target) {
        device.enter();
        CudaDevice.check(
                Native.invoke(DriverCalls.UPLOAD, target, source, source.byteSize(), stream.handle()),
                "cuMemcpyHtoDAsync");
    }

    private void download(long source, MemorySegment target) {
        device.enter();
        CudaDevice.check(
                Native.invoke(DriverCalls.DOWNLOAD, target, source, target.byteSize(), stream.handle()),
                "cuMemcpyDtoHAsync");
        stream.await();
    }

    @Override
    public void await() {
        device.enter();
        stream.await();
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        device.closed(this);
        device.enter();
        stream.await();
        products.close();
        queue.close();
        memory.forEach(CudaDevice.Block::close);
        stream.close();
    }
}
