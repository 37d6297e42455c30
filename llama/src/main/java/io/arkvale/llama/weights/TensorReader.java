package io.arkvale.llama.weights;

import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.kernels.storage.StorageFormat;
import io.arkvale.llama.files.ModelFiles;
import io.arkvale.llama.files.ModelFormatException;
import io.arkvale.llama.files.TensorEntry;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Makes matrices and vectors of a model's tensors, all numbers checked to be finite. */
final class TensorReader {

    /** Numbers that one thread checks at a time. */
    private static final int CHECKED = 1 << 20;

    private final ModelFiles files;
    private final DenseKernels codecs;
    private final WorkerPool pool;
    private final MatrixPlace place;
    private final Set<String> checked = new HashSet<>();

    /**
     * Reads from {@code files}.
     *
     * @param codecs whose codecs read; all read the same numbers
     * @param place where matrices go
     */
    TensorReader(ModelFiles files, DenseKernels codecs, WorkerPool pool, MatrixPlace place) {
        this.files = files;
        this.codecs = codecs;
        this.pool = pool;
        this.place = place;
    }

    /** A vector, widened. */
    float[] vector(String name, int width) {
        var entry = files.require(name, width);
        requireFinite(entry);
        var values = new float[width];
        codecs.codec(format(entry)).decode(files.bytes(entry), 0, values, 0, width);
        return values;
    }

    /** A whole tensor. */
    Matrix matrix(String name, int outputs, int inputs) {
        return rows(name, outputs, 0, outputs, inputs);
    }

    /**
     * Some rows of a tensor, where several matrices are one tensor.
     *
     * @param allOutputs rows of the tensor
     * @param from the first row of the matrix
     */
    Matrix rows(String name, int allOutputs, int from, int outputs, int inputs) {
        var entry = files.require(name, allOutputs, inputs);
        requireFinite(entry);
        var format = format(entry);
        long rowBytes = (long) inputs * format.bytes();
        var bytes = files.bytes(entry).asSlice(from * rowBytes, outputs * rowBytes);
        return place.place(format, bytes, outputs, inputs);
    }

    private StorageFormat format(TensorEntry entry) {
        return switch (entry.type()) {
            case F32 -> StorageFormat.F32;
            case F16 -> StorageFormat.F16;
            case BF16 -> StorageFormat.BF16;
            default ->
                throw new ModelFormatException(
                        files.file(entry),
                        "tensor '" + entry.name() + "': its dtype is " + entry.type()
                                + ", but weights must be F32, F16 or BF16");
        };
    }

    /** Refuses NaN and infinity, which would turn everything computed into nonsense; each tensor is looked at once. */
    private void requireFinite(TensorEntry entry) {
        if (!checked.add(entry.name())) {
            return;
        }
        var format = format(entry);
        var codec = codecs.codec(format);
        var bytes = files.bytes(entry);
        long elements = entry.elements();
        int items = Math.toIntExact(Math.ceilDiv(elements, CHECKED));
        var wrong = new AtomicLong(Long.MAX_VALUE);
        pool.forEach(items, (item, worker) -> {
            long from = (long) item * CHECKED;
            long count = Math.min(CHECKED, elements - from);
            if (!codec.allFinite(bytes, from * format.bytes(), count)) {
                wrong.accumulateAndGet(from, Math::min);
            }
        });
        if (wrong.get() < Long.MAX_VALUE) {
            long at = wrong.get();
            while (Float.isFinite(format.get(bytes, at * format.bytes()))) {
                at++;
            }
            throw new ModelFormatException(
                    files.file(entry),
                    "tensor '" + entry.name() + "': its number " + at + " of " + elements + " is "
                            + format.get(bytes, at * format.bytes()) + ", so nothing could be computed with it");
        }
    }
}
