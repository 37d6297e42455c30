package io.arkvale.experiments.policy.page.described;

import io.arkvale.api.Digest;
import io.arkvale.kernels.coded.CodeWriter;
import io.arkvale.kernels.coded.CodedShape;

/** The interface's codes, as the backends' kernels write them. */
final class PageScales implements Rounding {
    private final CodeWriter writer;
    private final boolean isBound;

    PageScales(Digest digest, int headDim) {
        var form = digest.form();
        writer = new CodeWriter(new CodedShape(
                headDim,
                form.shape().extents(headDim),
                form.parts(),
                form.zeroBits(),
                form.centreBits(),
                form.extentBits()));
        isBound = digest.isBound();
    }

    @Override
    public void centres(float[] centres) {
        writer.centres(centres);
    }

    @Override
    public void extents(float[] extents) {
        writer.extents(extents, isBound);
    }
}
