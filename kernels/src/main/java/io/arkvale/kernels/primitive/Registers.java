package io.arkvale.kernels.primitive;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vectors of the machine's preferred width. Static and final, as the compiler needs it to turn vector calls into single
 * instructions.
 */
public final class Registers {
    public static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;

    /** As many 32-bit lanes as {@link #FLOATS}. */
    public static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());

    /** As many 16-bit lanes as {@link #FLOATS} has 32-bit ones. */
    public static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));

    /** 32-bit lanes of a vector. */
    public static final int LANES = FLOATS.length();

    private Registers() {}
}
