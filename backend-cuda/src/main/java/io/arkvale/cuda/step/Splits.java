package io.arkvale.cuda.step;

import io.arkvale.api.CacheSpec;
import io.arkvale.cuda.kernel.Store;

/**
 * How decode attention is split, with the arithmetic of {@code attended.cuh}; limits of the kernels' shared memory.
 *
 * @param target tokens that a split should have; half as many if there are few tokens
 */
public record Splits(int target) {
    private static final int SHORT = 4096;

    /** {@code SHARED_KEYS} of {@code select.cu}. */
    public static final int SHARED_KEYS = 36 << 10;

    private static final int MOST = 128;
    /** Tokens that a split is a multiple of. */
    public static final int UNIT = 16;

    /** Warps times stages times tokens of a tile, for keys and values, of {@code attend.cu}. */
    private static final int RING_ROWS = 4 * 3 * 16 * 2;

    /** For slots of a store. Rows of 8 bits have to be widened: with shorter splits, more blocks do that at once. */
    public static Splits of(Store store) {
        return switch (store) {
            case ELEMENT -> new Splits(2048);
            case INT8, FP8 -> new Splits(1024);
        };
    }

    /** Tokens of each split but the last. */
    public int tokens(int attended) {
        int each = attended <= SHORT ? target / 2 : target;
        int splits = Math.min(MOST, Math.ceilDiv(attended, each));
        return Math.ceilDiv(Math.ceilDiv(attended, splits), UNIT) * UNIT;
    }

    public int count(int attended) {
        return Math.ceilDiv(attended, tokens(attended));
    }

    /** Most splits if some of the pages were recalled, and so are split apart from the others. */
    public int mostCount(int attended) {
        int fewer = attended <= SHORT ? 0 : 2 * (SHORT / target); // than two parts have that are short
        return attended <= (long) MOST * target ? Math.min(2 * MOST, count(attended) + fewer + 1) : 2 * MOST;
    }

    /** Most tokens of a split, whichever pages were recalled. */
    public int mostTokens(int attended) {
        return Math.max(tokens(attended), Math.min(target, Math.ceilDiv(attended, UNIT) * UNIT));
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
