package io.arkvale.llama.forward;

import io.arkvale.api.ElementType;
import io.arkvale.llama.weights.DeviceWeights;

/** A device other than the CPU where a model computes. Any number of threads may use it, each with operations of its own. */
public interface DenseDevice extends AutoCloseable {

    /** The device in words. */
    String name();

    /** The type of weights and rows. */
    ElementType elementType();

    /**
     * A place for the matrices of one model.
     *
     * @throws io.arkvale.api.CapacityException if the device lacks the memory, here or when a matrix is placed
     */
    DeviceWeights weights();

    /** Operations in a queue of their own. Their memory is freed with the device at the latest. */
    DeviceOperations operations();

    /**
     * Operations in a queue of the caller's, with whose work they are ordered.
     *
     * @param queue the device's name for it: {@link io.arkvale.api.DeviceQueue#handle()} of a cache on the same device
     */
    DeviceOperations operations(long queue);

    /** Frees all memory of operations and weights. */
    @Override
    void close();
}
