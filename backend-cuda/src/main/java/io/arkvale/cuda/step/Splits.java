package io.arkvale.cuda.step;

import io.arkvale.api.CacheSpec;

/** How decode attention is split, with the arithmetic of {@code attended.cuh}; limits of the kernels' shared memory. */
public final class Splits {
    /** Tokens that a split should have; half as many if there are few tokens. */
    public static final int TARGET = 2048;

    private static final int SHORT = 4096;

    /** {@code SHARED_KEYS} of {@code select.cu}. */
    public static final int SHARED_KEYS = 36 << 10;

    private static final int MOST = 128;
    /** Tokens that a split is a multiple of. */
    public static final int UNIT = 16;

    /** Warps times stages times tokens of a tile, for keys and values, of {@code attend.cu}. */
    private static final int RING_ROWS = 4 * 3 * 16 * 2;

    private Splits() {}

    /** Tokens of each split but the last. */
    public static int tokens(int attended) {
        int target = attended <= SHORT ? TARGET / 2 : TARGET;
        int splits = Math.min(MOST, Math.ceilDiv(attended, target));
        return Math.ceilDiv(Math.ceilDiv(attended, splits), UNIT) * UNIT;
    }

    public static int count(int attended) {
        return Math.ceilDiv(attended, tokens(attended));
    }

    /** Most splits if some of the pages were recalled, and so are split apart from the others. */
    public static int mostCount(int attended) {
        int fewer = attended <= SHORT ? 0 : 2 * (SHORT / TARGET); // than two parts have that are short
        return attended <= (long) MOST * TARGET ? Math.min(2 * MOST, count(attended) + fewer + 1) : 2 * MOST;
    }

    /** Most tokens of a split, whichever pages were recalled. */
    public static int mostTokens(int attended) {
        return Math.max(tokens(attended), Math.min(TARGET, Math.ceilDiv(attended, UNIT) * UNIT));
    }

    /** Whether the tensor core kernel can list the pages of a split where its tiles come later. */
    public static boolean pagesFit(CacheSpec spec, int tokens) {
        return (Math.ceilDiv(tokens, spec.pageSize()) + 1L) * Integer.BYTES <= RING_ROWS * 2L * spec.headDim();
    }

    /** Shared memory of the tensor core kernel for 16-bit elements. */
    public static long sharedBytes(int headDim, int tokens) {
        return RING_ROWS * 2L * headDim + (long) Integer.BYTES * tokens;
    }
}
