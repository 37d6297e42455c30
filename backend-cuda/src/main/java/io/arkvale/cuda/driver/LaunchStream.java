package io.arkvale.cuda.driver;

import jcuda.driver.CUstream;

/** A stream whose handle can be read, for launches on it, the caller's own too. */
public final class LaunchStream extends CUstream {
    /** None yet; {@code cuStreamCreate} fills it in. */
    LaunchStream() {}

    /** The {@code CUstream}. */
    public long handle() {
        return getNativePointer();
    }
}
