package io.arkvale.kernels.coded;

import io.arkvale.kernels.primitive.Shapes;

/**
 * What the record of one page and KV head holds, in words of 32 bits. Elements of a centre share their scales in runs of
 * {@value #RUN}, and so do extents. In order:
 *
 * <ol>
 *   <li>per run the scale of its zero points: the lowest in the lower half of a word, the step in the upper, both the upper
 *       16 bits of a float32;
 *   <li>per run, if there are several parts or any extents: half the step of the parts' offsets in the lower half, the step
 *       of the extents in the upper;
 *   <li>a code per zero point, as many per word as it has room for, from the lowest bits on;
 *   <li>per part: a code per offset, if there are several parts, and then one per extent, each from a new word on.
 * </ol>
 *
 * <p>A block of {@code pages} records lies {@code [words()][pages]}, so that a vector holds the same word of many pages.
 *
 * @param headDim elements of a centre
 * @param extents of a part
 * @param parts of a page
 * @param zeroBits of a zero point's code
 * @param centreBits of an offset's code; not used for one part, whose zero points are its centre
 * @param extentBits of an extent's code; not used without extents
 */
public record CodedShape(int headDim, int extents, int parts, int zeroBits, int centreBits, int extentBits) {
    /** Elements, or extents, that have scales in common. */
    public static final int RUN = 32;

    /** Checks that the sizes are positive and the bits from 1 to 8 where they are used. */
    public CodedShape {
        Shapes.atLeastOne("headDim", headDim);
        Shapes.between("extents", extents, 0, headDim);
        Shapes.atLeastOne("parts", parts);
        Shapes.between("zeroBits", zeroBits, 1, Byte.SIZE);
        if (parts > 1) {
            Shapes.between("centreBits", centreBits, 1, Byte.SIZE);
        }
        if (extents > 0) {
            Shapes.between("extentBits", extentBits, 1, Byte.SIZE);
        }
    }

    /** Whether centres are zero points with offsets of their own. */
    public boolean hasOffsets() {
        return parts > 1;
    }

    int runs() {
        return Math.ceilDiv(headDim, RUN);
    }

    /** Word of a run's zero scale. */
    int zeroScale(int run) {
        return run;
    }

    /** Word of a run's other scales. */
    int partScale(int run) {
        return runs() + run;
    }

    /** First word of the zero points' codes. */
    int zeros() {
        return hasOffsets() || extents > 0 ? 2 * runs() : runs();
    }

    /** First word of a part's offsets. */
    int offsets(int part) {
        return zeros() + words(headDim, zeroBits) + part * (offsetWords() + words(extents, extentBits));
    }

    /** First word of a part's extents. */
    int extents(int part) {
        return offsets(part) + offsetWords();
    }

    private int offsetWords() {
        return hasOffsets() ? words(headDim, centreBits) : 0;
    }

    /** Words of a record. */
    public int words() {
        return offsets(parts);
    }

    /** Numbers of a page, widened: of each part the centre, then its extents. */
    public int numbers() {
        return Math.multiplyExact(parts, headDim + extents);
    }

    private static int words(int codes, int bits) {
        return codes == 0 ? 0 : Math.ceilDiv(codes, codesPerWord(bits));
    }

    /** Codes of a word, of which the highest bits may be left over: no code lies in two. */
    static int codesPerWord(int bits) {
        return Integer.SIZE / bits;
    }

    /** The largest code of so many bits. */
    static int most(int bits) {
        return (1 << bits) - 1;
    }
}
