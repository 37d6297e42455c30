package io.arkvale.experiments.run;

import io.arkvale.api.Backend;
import io.arkvale.experiments.plan.RunSpec;
import io.arkvale.experiments.policy.option.PolicyChoice;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.pool.WorkerPool;
import io.arkvale.llama.Llama;
import io.arkvale.llama.text.Tokenizer;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A lab with the shipped model, as tests need it. */
public final class ShippedModel implements AutoCloseable {
    private static final Path DIRECTORY = Path.of("..", "models", "needle-5m");

    private final WorkerPool pool = new WorkerPool(2, "test");
    private final Llama model = Llama.load(DIRECTORY, DenseKernels.vector(), pool);

    public Lab lab(@Nullable Backend backend) {
        return new Lab(model, Tokenizer.forModel(DIRECTORY, model.config().vocabulary()), backend);
    }

    public static RunSpec run(String policy, int budget) {
        return run(policy, budget, 2);
    }

    public static RunSpec run(String policy, int budget, int denseLayers) {
        return new RunSpec(PolicyChoice.parse(policy, Map.of()), budget, denseLayers);
    }

    @Override
    public void close() {
        pool.close();
    }
}
