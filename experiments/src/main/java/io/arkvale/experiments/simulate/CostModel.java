package io.arkvale.experiments.simulate;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.simulate.cost.KernelWork;
import io.arkvale.experiments.simulate.cost.Launches;
import io.arkvale.experiments.simulate.cost.PolicyCost;
import io.arkvale.experiments.simulate.description.Gpu;
import io.arkvale.experiments.simulate.description.LanguageModel;
import io.arkvale.experiments.simulate.description.Software;

/**
 * What a decode step costs on a GPU, or on several that share the heads. The formulas with their units and the source of
 * every constant are in {@code experiments/COST-MODEL.md}.
 *
 * @param gpu the GPU
 * @param model the language model
 * @param tensorParallel GPUs that share heads and weights evenly
 * @param software what runs the step
 * @param launchCost what an operation costs beside its bytes, µs
 */
public record CostModel(Gpu gpu, LanguageModel model, int tensorParallel, Software software, double launchCost) {
    /** Checks that the heads can be shared. */
    public CostModel {
        if (tensorParallel < 1 || model.kvHeads() % tensorParallel != 0) {
            throw new UserException("tensor-parallel degree is " + tensorParallel
                    + "; allowed: a divisor of the KV heads of " + model.name() + ", " + model.kvHeads());
        }
        if (!(launchCost >= 0) || Double.isInfinite(launchCost)) {
            throw new UserException("launch cost is " + launchCost + "; allowed: at least 0 microseconds");
        }
    }

    /** With the launch cost that the GPU's description gives. */
    public CostModel(Gpu gpu, LanguageModel model, int tensorParallel, Software software) {
        this(gpu, model, tensorParallel, software, software.launchCost(gpu));
    }

    /** One GPU and the authors' code. */
    public CostModel(Gpu gpu, LanguageModel model) {
        this(gpu, model, 1, Software.PYTORCH);
    }

    /**
     * Time of a decode step.
     *
     * @param batch sequences that decode together
     * @param tokens of each, before the step
     */
    public StepTime step(PolicyCost policy, CacheSetting setting, int batch, long tokens) {
        requireSizes(batch, tokens);
        var dense = PolicyCost.FULL.layer(model, setting, tokens);
        var limited = policy.layer(model, setting, tokens);
        int denseLayers = Math.min(setting.denseLayers(), model.layers());
        int limitedLayers = model.layers() - denseLayers;
        var other = weights(batch) + exchange(batch) + limitedLayers * hostLaunches(limited.append(), batch);
        var estimate = limitedLayers * seconds(limited.estimate(), batch);
        var select = limitedLayers * seconds(limited.select(), batch);
        var attention =
                denseLayers * seconds(dense.attention(), batch) + limitedLayers * seconds(limited.attention(), batch);
        var transfer = limitedLayers * gpu.fetch(limited.recall().bytes() * batch / tensorParallel);
        var hidden = setting.overlap() ? Math.min(transfer, other + estimate + select + attention) : 0;
        var recall = limitedLayers * hostLaunches(limited.recall(), batch) + transfer - hidden;
        return new StepTime(other, estimate, select, recall, attention);
    }

    /**
     * Seconds of full attention in one layer.
     *
     * @param batch sequences
     * @param tokens of each
     */
    public double attention(int batch, long tokens) {
        requireSizes(batch, tokens);
        return seconds(PolicyCost.attention(model, tokens), batch);
    }

    /**
     * Memory of a batch, on each GPU.
     *
     * @param batch sequences
     * @param tokens of each when it is longest
     */
    public MemoryUse memory(PolicyCost policy, CacheSetting setting, int batch, long tokens) {
        requireSizes(batch, tokens);
        var full = PolicyCost.FULL.layer(model, setting, tokens).held();
        var limited = policy.layer(model, setting, tokens);
        int denseLayers = Math.min(setting.denseLayers(), model.layers());
        int limitedLayers = model.layers() - denseLayers;
        var prefilled = limitedLayers == 0 ? 0 : Math.max(full, limited.held()) - limited.held();
        var share = (double) batch / tensorParallel;
        return new MemoryUse(
                model.parameters() * model.elementBytes() / tensorParallel,
                share * (denseLayers * full + limitedLayers * limited.held() + prefilled),
                share * limitedLayers * limited.summaries(),
                share * limitedLayers * limited.backups());
    }

    private double weights(int batch) {
        var weights = model.matrixWeights() / tensorParallel;
        return gpu.busy(weights * model.elementBytes(), 2 * weights * batch)
                + launch(model.layers() * (double) Launches.LAYER + Launches.STEP);
    }

    /** All-reduces: each GPU sends its share of a sum and then of the result to every other one. */
    private double exchange(int batch) {
        if (tensorParallel == 1) {
            return 0;
        }
        var bytes = 2.0 * (tensorParallel - 1) / tensorParallel * batch * model.hidden() * model.elementBytes();
        return model.layers() * Launches.ALL_REDUCES * (gpu.send(bytes) + launch(1));
    }

    private double seconds(KernelWork work, int batch) {
        var share = (double) batch / tensorParallel;
        return gpu.busy(work.bytes() * share, work.arithmetic() * share) + launches(work, batch);
    }

    private double launches(KernelWork work, int batch) {
        return launch(work.launches() + work.sequenceLaunches() * batch);
    }

    private double hostLaunches(KernelWork work, int batch) {
        return software.hostMovesPages() ? launches(work, batch) : 0;
    }

    private double launch(double operations) {
        return operations * launchCost * 1e-6;
    }

    private static void requireSizes(int batch, long tokens) {
        if (batch < 1 || tokens < 1) {
            throw new UserException("batch is " + batch + " and tokens is " + tokens + "; allowed: at least 1 of each");
        }
    }
}
