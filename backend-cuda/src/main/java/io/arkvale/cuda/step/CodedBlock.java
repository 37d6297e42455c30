package io.arkvale.cuda.step;

/**
 * A block of the kernel that scores digests in few bits, as {@code estimatecoded.cu} divides its shared memory.
 *
 * @param warps each takes {@value #SET} pages at once
 * @param stageWords room for a page in a stage of a warp's ring
 */
record CodedBlock(int warps, int stageWords, int sharedBytes, int resident) {
    /** Query heads that share a KV head and are scored at once. */
    static final int HEADS = 8;

    /** Elements of the smallest heads that it is for: bounds of scores of smaller ones leave too little for how it adds. */
    static final int LEAST_WIDTH = 64;

    private static final int SET = 8;
    private static final int STAGES = 2;
    private static final int MOST_WARPS = 4;

    /** Blocks of a multiprocessor whose registers suffice. */
    private static final int MOST_RESIDENT = 4;

    /** What the device takes of shared memory for itself, per block. */
    private static final int RESERVED = 1 << 10;

    /** Elements, or extents, that have scales in common. */
    private static final int RUN = 32;

    /**
     * The block with most warps that fits.
     *
     * @param words of a record, or of its first parts, that a stage has to have room for
     * @param factorBytes what codes are multiplied with
     * @param blockMemory bytes of shared memory that a block may have
     */
    static CodedBlock of(int headDim, int words, int factorBytes, int blockMemory) {
        int stageWords = (words + 3) / 8 * 8 + 4; // rows of words then begin in different banks
        int warpBytes = SET * Integer.BYTES * (STAGES * stageWords + 2 * Math.ceilDiv(headDim, RUN));
        int fixed =
                4 * Integer.BYTES + 2 * HEADS * Float.BYTES + factorBytes; // what is read behind a ring, units, norms
        int warps = MOST_WARPS;
        while (warps > 1 && warps * warpBytes + fixed > blockMemory) {
            warps /= 2;
        }
        int bytes = warps * warpBytes + fixed;
        int resident = Math.clamp((blockMemory + RESERVED) / (bytes + RESERVED), 1, MOST_RESIDENT);
        return new CodedBlock(warps, stageWords, bytes, resident);
    }

    int threads() {
        return 32 * warps;
    }

    /** Pages that it takes at once. */
    int pages() {
        return warps * SET;
    }
}
