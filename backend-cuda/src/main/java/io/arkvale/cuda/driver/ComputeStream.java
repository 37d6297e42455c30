package io.arkvale.cuda.driver;

import jcuda.driver.CUstream;

/** A stream whose handle can be read, for callers that launch on it. */
public final class ComputeStream extends CUstream {
    /** None yet; {@code cuStreamCreate} fills it in. */
    ComputeStream() {}

    /** The {@code CUstream}. */
    public long handle() {
        return getNativePointer();
    }

    @Override
    public boolean equals(Object other) {
        return super.equals(other);
    }

    @Override
    public int hashCode() {
        return super.hashCode();
    }
}
