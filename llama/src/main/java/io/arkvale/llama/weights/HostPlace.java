package io.arkvale.llama.weights;

import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.kernels.storage.StorageFormat;
import io.arkvale.kernels.weights.WeightMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Matrices for the CPU, in the wanted storage.
 *
 * @param storage not {@link WeightStorage#AUTOMATIC}
 * @param arena for what is copied outside the heap
 */
record HostPlace(DenseKernels kernels, WorkerPool pool, WeightStorage storage, Arena arena) implements MatrixPlace {

    @Override
    public Matrix place(StorageFormat format, MemorySegment bytes, int outputs, int inputs) {
        return new HostMatrix(
                switch (storage) {
                    case MAPPED -> kernels.stored(format, bytes, outputs, inputs);
                    case WIDENED -> widened(format, bytes, outputs, inputs);
                    case EIGHT_BITS -> eightBits(format, bytes, outputs, inputs);
                    case AUTOMATIC -> throw new IllegalStateException("the storage is not decided");
                });
    }

    /** Of small models: plain loops have read these before the Vector API's are compiled, and every codec reads alike. */
    private WeightMatrix widened(StorageFormat format, MemorySegment bytes, int outputs, int inputs) {
        var codec = DenseKernels.scalar().codec(format);
        var matrix = kernels.matrix(outputs, inputs);
        int width = matrix.panelWidth();
        pool.forEach(matrix.parts(), (panel, worker) -> {
            var row = new float[inputs];
            for (int output = panel * width; output < Math.min(outputs, (panel + 1) * width); output++) {
                codec.decode(bytes, (long) output * inputs * format.bytes(), row, 0, inputs);
                matrix.setRow(output, row, 0);
            }
        });
        return matrix;
    }

    private WeightMatrix eightBits(StorageFormat format, MemorySegment bytes, int outputs, int inputs) {
        var building = kernels.eightBits(outputs, inputs, arena);
        int rowsOfItem = 64;
        pool.forEach(Math.ceilDiv(outputs, rowsOfItem), (item, worker) -> {
            var row = new float[inputs];
            for (int output = item * rowsOfItem; output < Math.min(outputs, (item + 1) * rowsOfItem); output++) {
                kernels.codec(format).decode(bytes, (long) output * inputs * format.bytes(), row, 0, inputs);
                building.setRow(output, row, 0);
            }
        });
        return building.matrix();
    }
}
