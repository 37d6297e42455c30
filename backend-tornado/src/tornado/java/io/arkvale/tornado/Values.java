package io.arkvale.tornado;

import io.arkvale.api.support.HostTensor;
import java.lang.foreign.ValueLayout;

/** The numbers of a tensor. */
final class Values {
    private static final int EXPONENT = 0x7f80_0000;

    private Values() {}

    /** Whether every number of some rows is finite. */
    static boolean areFinite(HostTensor tensor, int firstRow, int rows) {
        boolean finite = true;
        long end = (firstRow + rows) * tensor.rowBytes();
        for (long at = firstRow * tensor.rowBytes(); at < end; at += Float.BYTES) {
            finite &= (tensor.memory().get(ValueLayout.JAVA_INT, at) & EXPONENT) != EXPONENT;
        }
        return finite;
    }
}
