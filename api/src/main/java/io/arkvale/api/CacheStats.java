package io.arkvale.api;

/**
 * What a cache has done since it was opened, or what all caches of a backend have done, closed ones too. Only committed
 * steps count, by their reports. {@link MemoryUse} says what is in use now.
 *
 * @param steps committed steps
 * @param hits group pages that decodes attended to without recalling them, in layers with a budget
 * @param recalls group pages recalled, counted as if each sequence ran alone
 * @param evictions group pages evicted, counted as if each sequence ran alone
 * @param recalledBytes bytes copied from backup tiers; pages that forks share count once
 * @param backedUpBytes bytes copied to backup tiers
 * @param recallNanos time of the recalls, 0 if the backend does not measure it apart
 */
public record CacheStats(
        long steps, long hits, long recalls, long evictions, long recalledBytes, long backedUpBytes, long recallNanos) {

    /** Nothing done. */
    public static final CacheStats NONE = new CacheStats(0, 0, 0, 0, 0, 0, 0);

    /** What one step has done. */
    public static CacheStats of(StepReport report) {
        var counts = report.total();
        return new CacheStats(
                1,
                counts.attendedPages() - counts.recalledPages(),
                counts.recalledPages(),
                counts.evictedPages(),
                report.recalledBytes(),
                report.backedUpBytes(),
                report.nanos(StepReport.Part.RECALL).orElse(0));
    }

    /** The sum of two. */
    public CacheStats plus(CacheStats other) {
        return new CacheStats(
                steps + other.steps,
                hits + other.hits,
                recalls + other.recalls,
                evictions + other.evictions,
                recalledBytes + other.recalledBytes,
                backedUpBytes + other.backedUpBytes,
                recallNanos + other.recallNanos);
    }
}
