package io.arkvale.kernels;

import static io.arkvale.kernels.Registers.FLOATS;
import static io.arkvale.kernels.Registers.LANES;

import jdk.incubator.vector.VectorShuffle;

/** For each bit of a lane's number: the exchange of the lanes that have it set with the others. */
final class Lanes {
    static final VectorShuffle<Float> FLIP_0 = flip(1);
    static final VectorShuffle<Float> FLIP_1 = flip(2);
    static final VectorShuffle<Float> FLIP_2 = flip(4);
    static final VectorShuffle<Float> FLIP_3 = flip(8);

    private Lanes() {}

    private static VectorShuffle<Float> flip(int bit) {
        // On a machine with fewer lanes the exchange does not exist and is not used.
        return VectorShuffle.fromOp(FLOATS, lane -> (lane ^ bit) % LANES);
    }
}
