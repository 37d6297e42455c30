package io.arkvale.cuda.driver;

import jcuda.driver.CUdeviceptr;

/** A device pointer whose number can be read, to be written into the arguments of a kernel. */
public final class Address extends CUdeviceptr {
    public Address() {}

    private Address(Address base, long offset) {
        super(base, offset);
    }

    public Address plus(long bytes) {
        return new Address(this, bytes);
    }

    public long value() {
        return getNativePointer() + getByteOffset();
    }
}
