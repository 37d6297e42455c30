package io.arkvale.cuda.kernel;

/** What several kernels are given, as {@code cache.cuh} lays it out. */
public final class CacheStructs {
    private CacheStructs() {}

    /** The model's shape: the same for all kernels of a cache. */
    public record Shape(
            int layers, int queryHeads, int kvHeads, int headDim, int pageSize, int groups, float scale, long windows)
            implements Struct {}

    /** Where pages lie. */
    public record Pages(long pool, long host, long slotBytes, long scalesAt) implements Struct {}

    /** A sequence's digests in the cache's element type, by backup slot. */
    public record Digests(long vectors, long radii) implements Struct {
        /** Of a sequence whose digests are in few bits, or that has none. */
        public static final Digests NONE = new Digests(0, 0);
    }

    /** A sequence's tables on the device, by layer and head group. */
    public record Tables(long slots, long backups, long attended, long runs, long changed, int capacity, int width)
            implements Struct {}

    /** A sequence's digests in few bits. */
    public record Coded(
            long records,
            int words,
            int shape,
            int extent,
            int factor,
            int parts,
            int zeroBits,
            int centreBits,
            int extentBits)
            implements Struct {
        /** Of a sequence whose digests are whole. */
        public static final Coded NONE = new Coded(0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /** What a sequence keeps resident. */
    public record Limits(long budgets, int budget, int ranked, int sink, int window, int denseLayers)
            implements Struct {}

    /** One member of a step's batch. */
    public record Sequence(
            Tables tables,
            Digests digests,
            Coded coded,
            Limits limits,
            int step,
            int length,
            int tokens,
            int digest,
            int groupScore,
            int scope,
            int row,
            int serving)
            implements Struct {}

    /** Who holds which device slot. */
    public record Books(long given, long freeSlots, long references, long holders, long links, int slots)
            implements Struct {}

    /** One layer of a step: what nearly every kernel works on. */
    public record Layer(Shape shape, int index, int batch, long sequences, long times, long recallTimes, int serving)
            implements Struct {}

    /** Which pages have to be resident at a length; of {@code residence.cuh}. */
    public record Residence(Limits limits, int length, int besideStep) implements Struct {}

    /** Rows of a tensor: where the first is, and elements from one to the next. */
    public record Rows(long at, long stride) implements Struct {
        /** No tensor. */
        public static final Rows NONE = new Rows(0, 0);
    }

    /** Keys and values that a call brings; of {@code append.cu}. */
    public record Tokens(Rows keys, Rows values) implements Struct {}
}
