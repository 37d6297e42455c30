package io.arkvale.experiments.simulate;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.simulate.cost.PolicyCost;

/**
 * Room for a batch's cache, on each GPU.
 *
 * @param cache memory for keys, values and summaries, GiB; device memory less the weights if that is less
 * @param generated tokens that a sequence must have room to grow by
 * @param sizes batch sizes that are tried
 */
public record MemoryLimit(double cache, int generated, BatchSizes sizes) {
    private static final double GIB = 1L << 30;

    /** The paper's: 40 GB, which is 40 GiB in the authors' script; up to 512 tokens of LongBench's GovReport. */
    public static final MemoryLimit PAPER = new MemoryLimit(40, 512, BatchSizes.POWERS_OF_TWO);

    /** Checks the ranges. */
    public MemoryLimit {
        if (!(cache > 0) || Double.isInfinite(cache)) {
            throw new UserException("cache memory is " + cache + " GiB; allowed: above 0");
        }
        if (generated < 0) {
            throw new UserException("generated tokens is " + generated + "; allowed: at least 0");
        }
    }

    /** The largest batch of sequences of so many tokens, or 0 if not even one fits. */
    public int largestBatch(CostModel model, PolicyCost policy, CacheSetting setting, long tokens) {
        var one = model.memory(policy, setting, 1, Math.addExact(tokens, generated));
        var room = Math.min(cache * GIB, model.gpu().memory() * GIB - one.weights());
        return sizes.largest((int) Math.max(0, Math.min(Integer.MAX_VALUE, Math.floor(room / one.cache()))));
    }
}
