package io.arkvale.llama.cuda;

import io.arkvale.kernels.Kernels;
import io.arkvale.kernels.storage.StorageFormat;
import io.arkvale.llama.weights.DeviceWeights;
import io.arkvale.llama.weights.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The matrices of one model, one after the other in few large blocks: those that follow each other without a gap serve one
 * product together.
 */
final class CudaWeights implements DeviceWeights {
    private static final long ALIGNMENT = 256;
    private static final long FIRST_BLOCK = 16L << 20;
    private static final long LARGEST_BLOCK = 2L << 30;

    /** Numbers that are converted at a time. */
    private static final int CONVERTED = 1 << 22;

    private final CudaDevice device;
    private final List<CudaDevice.Block> blocks = new ArrayList<>();
    private long used;

    CudaWeights(CudaDevice device) {
        this.device = device;
    }

    @Override
    public Matrix place(StorageFormat format, MemorySegment bytes, int outputs, int inputs) {
        var matrix = allocate(outputs, inputs);
        if (format.name().equals(matrix.type().name())) {
            upload(bytes, matrix.address());
        } else {
            convert(format, bytes, matrix);
        }
        return matrix;
    }

    @Override
    public Matrix random(int outputs, int inputs, long seed) {
        var matrix = allocate(outputs, inputs);
        try (var stream = CudaStream.create(device);
                var queue = new LaunchQueue(device.kernels, stream)) {
            queue.randomize(
                    matrix.address(), matrix.type(), (long) outputs * inputs, (float) Math.sqrt(3.0 / inputs), seed);
            stream.await();
        }
        return matrix;
    }

    private CudaMatrix allocate(int outputs, int inputs) {
        var type = device.elementType();
        long bytes = Math.ceilDiv((long) outputs * inputs * type.bytes(), ALIGNMENT) * ALIGNMENT;
        if (blocks.isEmpty() || used + bytes > blocks.getLast().bytes) {
            long next = blocks.isEmpty() ? FIRST_BLOCK : Math.min(2 * blocks.getLast().bytes, LARGEST_BLOCK);
            blocks.add(device.allocate(Math.max(next, bytes)));
            used = 0;
        }
        var matrix = new CudaMatrix(blocks.getLast().address + used, type, outputs, inputs);
        used += bytes;
        return matrix;
    }

    private void convert(StorageFormat format, MemorySegment bytes, CudaMatrix matrix) {
        var wanted = StorageFormat.valueOf(matrix.type().name());
        long count = (long) matrix.outputs() * matrix.inputs();
        var numbers = new float[(int) Math.min(count, CONVERTED)];
        try (var arena = Arena.ofConfined()) {
            var converted = arena.allocate((long) numbers.length * wanted.bytes(), Long.BYTES);
            for (long from = 0; from < count; from += CONVERTED) {
                int some = (int) Math.min(CONVERTED, count - from);
                Kernels.vector().codec(format).decode(bytes, from * format.bytes(), numbers, 0, some);
                Kernels.vector().codec(wanted).encode(numbers, 0, converted, 0, some);
                upload(converted.asSlice(0, (long) some * wanted.bytes()), matrix.address() + from * wanted.bytes());
            }
        }
    }

    private void upload(MemorySegment source, long target) {
        device.enter();
        CudaDevice.check(Native.invoke(DriverCalls.UPLOAD_AND_WAIT, target, source, source.byteSize()), "cuMemcpyHtoD");
    }

    @Override
    public void close() {
        blocks.forEach(CudaDevice.Block::close);
        blocks.clear();
    }
}
