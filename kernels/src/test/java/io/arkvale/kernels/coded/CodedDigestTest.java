package io.arkvale.kernels.coded;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.kernels.Kernels;
import io.arkvale.kernels.Samples;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CodedDigestTest {
    private static final int SKIPPED = 3;
    private static final int AT = 2;

    private static List<CodedShape> shapes() {
        var shapes = new ArrayList<CodedShape>();
        for (int headDim : new int[] {1, 33, 64}) {
            for (int parts : new int[] {1, 2, 8}) {
                for (int extents : new int[] {0, 1, headDim / 2, headDim}) {
                    int bits = 2 + (headDim + parts + extents) % 7;
                    shapes.add(new CodedShape(headDim, extents, parts, parts == 1 ? bits : 8, bits, 10 - bits));
                }
            }
        }
        return shapes;
    }

    /** Records of a block, each with what it reads as. */
    private record Block(MemorySegment memory, List<float[]> numbers) {
        static Block of(CodedShape shape, Samples samples) {
            long bytes = (long) shape.words() * CodedScoreKernel.PAGES * Integer.BYTES;
            var memory = Arena.ofAuto().allocate(SKIPPED + bytes);
            var numbers = new ArrayList<float[]>();
            for (int page = 0; page < CodedScoreKernel.PAGES; page++) {
                var centres = samples.floats(shape.parts() * shape.headDim(), 8);
                var extents = samples.floats(shape.parts() * shape.extents(), 2);
                for (int i = 0; i < extents.length; i++) {
                    extents[i] = Math.abs(extents[i]);
                }
                var writer = new CodeWriter(shape);
                writer.centres(centres);
                writer.extents(extents, page % 2 == 0);
                var words = writer.words();
                for (int word = 0; word < words.length; word++) {
                    long index = (long) word * CodedScoreKernel.PAGES + page;
                    memory.set(ValueLayout.JAVA_INT_UNALIGNED, SKIPPED + index * Integer.BYTES, words[word]);
                }
                var read = new float[shape.numbers()];
                new CodeReader(shape).read(words, read);
                assertThat(read).isEqualTo(joined(shape, centres, extents));
                numbers.add(read);
            }
            return new Block(memory, numbers);
        }
    }

    private static float[] joined(CodedShape shape, float[] centres, float[] extents) {
        var joined = new float[shape.numbers()];
        int length = shape.headDim() + shape.extents();
        for (int part = 0; part < shape.parts(); part++) {
            System.arraycopy(centres, part * shape.headDim(), joined, part * length, shape.headDim());
            System.arraycopy(extents, part * shape.extents(), joined, part * length + shape.headDim(), shape.extents());
        }
        return joined;
    }

    @ParameterizedTest
    @MethodSource("io.arkvale.kernels.Samples#kernels")
    void scoresLieWithinTheBoundAtAwkwardSizes(Kernels kernels) {
        for (var shape : shapes()) {
            for (int queryHeads : new int[] {1, 7}) {
                var samples = new Samples(shape.hashCode() * 10L + queryHeads);
                var block = Block.of(shape, samples);
                var queries = samples.floats(AT + queryHeads * shape.headDim(), 3);
                var weights = samples.floats(queryHeads * shape.extents(), 2);
                var kernel = kernels.codedScore(shape, queryHeads);
                kernel.queries(samples.floats(queryHeads * shape.headDim(), 9), 0, weights); // those set last count
                kernel.queries(queries, AT, weights);
                int pages = samples.below(CodedScoreKernel.PAGES + 1);
                var scores = new float[AT + queryHeads * (pages + 1)];
                Arrays.fill(scores, 77);
                kernel.score(block.memory, SKIPPED, pages, scores, AT, pages + 1);
                for (int head = 0; head < queryHeads; head++) {
                    for (int page = 0; page < pages; page++) {
                        check(
                                shape,
                                head,
                                queries,
                                weights,
                                block.numbers.get(page),
                                scores[AT + head * (pages + 1) + page]);
                    }
                    assertThat(scores[AT + head * (pages + 1) + pages]).isEqualTo(77);
                }
            }
        }
    }

    private static void check(
            CodedShape shape, int head, float[] queries, float[] weights, float[] numbers, float score) {
        int length = shape.headDim() + shape.extents();
        double best = Double.NEGATIVE_INFINITY;
        double bound = 0;
        for (int part = 0; part < shape.parts(); part++) {
            double sum = 0;
            double magnitude = 0;
            for (int i = 0; i < length; i++) {
                double factor = i < shape.headDim()
                        ? queries[AT + head * shape.headDim() + i]
                        : weights[head * shape.extents() + i - shape.headDim()];
                sum += factor * numbers[part * length + i];
                magnitude += Math.abs(factor * numbers[part * length + i]);
            }
            best = Math.max(best, sum);
            bound = Math.max(bound, Samples.gamma(length + 1) * magnitude);
        }
        Samples.assertClose(score, best, bound);
    }

    @Test
    void numbersLieWithinHalfAStep() {
        // One run: zero points 0 to 8, offsets of the parts 1 and −1 of each.
        var shape = new CodedShape(9, 0, 2, 8, 3, 0);
        var centres = new float[18];
        for (int i = 0; i < 9; i++) {
            centres[i] = i + 1;
            centres[9 + i] = i - 1;
        }
        new CodeWriter(shape).centres(centres);
        double zeroStep = 8 / 255.0 * (1 + 0x1p-7);
        double halfStep = (1 + zeroStep / 2) / 7 * (1 + 0x1p-7);
        for (int i = 0; i < 9; i++) {
            Samples.assertClose(centres[i], i + 1, halfStep);
            Samples.assertClose(centres[9 + i], i - 1, halfStep);
        }
    }

    @Test
    void extentsThatAreABoundAreRoundedUp() {
        var shape = new CodedShape(40, 40, 4, 8, 2, 3);
        var exact = new Samples(5).floats(160, 3);
        for (int i = 0; i < exact.length; i++) {
            exact[i] = Math.abs(exact[i]);
        }
        var up = exact.clone();
        var nearest = exact.clone();
        var writer = new CodeWriter(shape);
        writer.centres(new float[160]);
        writer.extents(up, true);
        writer.centres(new float[160]);
        writer.extents(nearest, false);
        double step = 3 / 7.0 * (1 + 0x1p-7);
        boolean below = false;
        for (int i = 0; i < exact.length; i++) {
            assertThat(up[i]).isBetween(exact[i], (float) (exact[i] + step));
            Samples.assertClose(nearest[i], exact[i], step / 2);
            below |= nearest[i] < exact[i];
        }
        assertThat(below).isTrue();
    }

    @Test
    void numbersThatAreNotFiniteEnd() {
        for (float number : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            var shape = new CodedShape(3, 3, 2, 8, 3, 2);
            var centres = new float[] {1, number, 2, 3, 4, number};
            var extents = new float[] {1, number, 0, 2, 3, number};
            var writer = new CodeWriter(shape);
            writer.centres(centres);
            writer.extents(extents, true);
            var read = new float[shape.numbers()];
            new CodeReader(shape).read(writer.words(), read);
            assertThat(read).isEqualTo(joined(shape, centres, extents));
        }
    }

    @Test
    void theLargestAndTheSmallestNumbersReadAsFiniteOnes() {
        for (float magnitude : new float[] {Float.MAX_VALUE, Float.MIN_VALUE, 0}) {
            for (int parts : new int[] {1, 2}) {
                var shape = new CodedShape(4, 4, parts, 8, 3, 2);
                var centres = new float[4 * parts];
                var extents = new float[4 * parts];
                for (int i = 0; i < centres.length; i++) {
                    centres[i] = i % 3 == 0 ? -magnitude : magnitude;
                    extents[i] = magnitude;
                }
                var writer = new CodeWriter(shape);
                writer.centres(centres);
                writer.extents(extents, true);
                for (int i = 0; i < centres.length; i++) {
                    assertThat(centres[i]).isFinite();
                    assertThat(extents[i]).isFinite();
                }
            }
        }
    }
}
