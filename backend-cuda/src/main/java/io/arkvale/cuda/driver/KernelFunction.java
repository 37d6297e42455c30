package io.arkvale.cuda.driver;

import jcuda.driver.CUfunction;

/** A kernel of a loaded module, whose handle can be read. */
public final class KernelFunction extends CUfunction {
    /** None yet; {@code cuModuleGetFunction} fills it in. */
    KernelFunction() {}

    /** The {@code CUfunction}. */
    public long handle() {
        return getNativePointer();
    }
}
