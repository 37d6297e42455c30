package io.arkvale.benchmarks;

import io.arkvale.api.Tensor;
import io.arkvale.kernels.Kernels;
import io.arkvale.kernels.storage.StorageFormat;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/** Tensors of normally distributed numbers, in whatever element type they have. */
final class RandomTensors {
    private RandomTensors() {}

    /** Fills a tensor and returns it. */
    static Tensor fill(Tensor tensor, Random random) {
        var numbers = new float[Math.multiplyExact(tensor.rows(), tensor.heads() * tensor.width())];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        var format = StorageFormat.valueOf(tensor.elementType().name());
        var bytes = new byte[Math.multiplyExact(numbers.length, format.bytes())];
        Kernels.vector().codec(format).encode(numbers, 0, MemorySegment.ofArray(bytes), 0, numbers.length);
        tensor.copyFrom(MemorySegment.ofArray(bytes));
        return tensor;
    }
}
