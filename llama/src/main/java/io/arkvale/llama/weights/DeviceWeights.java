package io.arkvale.llama.weights;

/** Where the matrices of one model go on a device. */
public interface DeviceWeights extends MatrixPlace, AutoCloseable {

    /**
     * A matrix of random numbers, evenly spread over ±√(3 / inputs), so that products are about as large as what they are
     * of.
     */
    Matrix random(int outputs, int inputs, long seed);

    /** Frees the matrices; closing again does nothing. */
    @Override
    void close();
}
