package io.arkvale.cpu;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Digest.Form;
import io.arkvale.api.Digest.Shape;
import io.arkvale.kernels.coded.CodeReader;
import io.arkvale.kernels.coded.CodedScoreKernel;
import io.arkvale.kernels.coded.CodedShape;
import io.arkvale.spi.FilledPage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Digests in few bits: of each head the block of records that {@link CodedShape} describes. */
final class CodedDigests extends DigestBlocks {
    private final Form form;
    private final CodedShape shape;
    private final CodeReader reader;
    private final long headBytes;

    CodedDigests(CacheSpec spec, Form form) {
        super(spec, Math.multiplyExact(headBytes(shape(spec, form)), (long) spec.kvHeadsPerGroup()));
        this.form = form;
        shape = shape(spec, form);
        reader = new CodeReader(shape);
        headBytes = headBytes(shape);
    }

    private static CodedShape shape(CacheSpec spec, Form form) {
        int extents = form.shape().extents(spec.headDim());
        return new CodedShape(
                spec.headDim(), extents, form.parts(), form.zeroBits(), form.centreBits(), form.extentBits());
    }

    private static long headBytes(CodedShape shape) {
        return (long) shape.words() * Integer.BYTES * CodedScoreKernel.PAGES;
    }

    @Override
    void summarise(Workers.Worker worker, FilledPage page, int head, MemorySegment rows) {
        var kernels = worker.coded(shape);
        int width = spec.headDim();
        int tokens = spec.pageSize() / form.parts();
        long partBytes = (long) tokens * width * spec.elementType().bytes();
        var scratch = worker.digestScratch;
        for (int part = 0; part < form.parts(); part++) {
            worker.digest.load(rows, part * partBytes, tokens);
            worker.volume.centre(form.shape(), scratch.centre);
            System.arraycopy(scratch.centre, 0, kernels.centres, part * width, width);
        }
        kernels.writer.centres(kernels.centres);
        if (form.shape() != Shape.POINT) {
            // Measured from the centres as they are stored, so that their rounding is within the extents.
            for (int part = 0; part < form.parts(); part++) {
                worker.digest.load(rows, part * partBytes, tokens);
                System.arraycopy(kernels.centres, part * width, scratch.centre, 0, width);
                worker.volume.extents(page.digest(), scratch.centre, tokens, kernels.extents, part * shape.extents());
            }
            kernels.writer.extents(kernels.extents, page.digest().isBound());
        }
        var words = kernels.writer.words();
        var memory = memory(page.block());
        for (int word = 0; word < words.length; word++) {
            memory.set(ValueLayout.JAVA_INT_UNALIGNED, at(page.block(), page.index(), head, word), words[word]);
        }
    }

    private long at(int block, int index, int head, int word) {
        return offset(block) + head * headBytes + ((long) word * CodedScoreKernel.PAGES + index) * Integer.BYTES;
    }

    @Override
    float[] read(Workers.Worker worker, int block, int index, int head) {
        var words = new int[shape.words()];
        for (int word = 0; word < words.length; word++) {
            words[word] = memory(block).get(ValueLayout.JAVA_INT_UNALIGNED, at(block, index, head, word));
        }
        var numbers = new float[shape.numbers()];
        reader.read(words, numbers);
        return numbers;
    }

    @Override
    void queries(Workers.Worker worker, float[] queries, int at) {
        worker.coded(shape).score.queries(queries, at, worker.weights(form.shape(), queries, at));
    }

    @Override
    void score(Workers.Worker worker, int block, int head, int pages, float[] scores, int at, int row) {
        worker.coded(shape).score.score(memory(block), offset(block) + head * headBytes, pages, scores, at, row);
    }
}
