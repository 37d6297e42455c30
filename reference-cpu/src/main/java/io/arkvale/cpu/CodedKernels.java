package io.arkvale.cpu;

import io.arkvale.kernels.Kernels;
import io.arkvale.kernels.coded.CodeWriter;
import io.arkvale.kernels.coded.CodedScoreKernel;
import io.arkvale.kernels.coded.CodedShape;

/** What one thread needs for digests of one form in few bits. */
final class CodedKernels {
    final CodeWriter writer;
    final CodedScoreKernel score;
    /** {@code [parts][headDim]}. */
    final float[] centres;
    /** {@code [parts][extents]}. */
    final float[] extents;

    CodedKernels(Kernels kernels, CodedShape shape, int queryHeads) {
        writer = new CodeWriter(shape);
        score = kernels.codedScore(shape, queryHeads);
        centres = new float[shape.parts() * shape.headDim()];
        extents = new float[shape.parts() * shape.extents()];
    }
}
