package io.arkvale.llama.weights;

import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.MemorySegment;

/** Where a model's matrices go when they are read. */
@FunctionalInterface
public interface MatrixPlace {

    /**
     * Puts a matrix there. Matrices that one product can do together come one after the other.
     *
     * @param format of the numbers in {@code bytes}
     * @param bytes {@code [outputs, inputs]}, row-major, mapped from the file until the model is closed
     */
    Matrix place(StorageFormat format, MemorySegment bytes, int outputs, int inputs);
}
