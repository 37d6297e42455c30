package io.arkvale.experiments.engine.context;

import io.arkvale.experiments.engine.attention.HeldTokens;
import io.arkvale.experiments.policy.TokenSets;
import io.arkvale.kernels.matrix.MatrixKernels;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** All tokens of a context, packed for exact attention when a layer and KV head is first asked for, then shared. */
public final class SharedTokens {
    private record Key(int layer, int kvHead) {}

    private final Context context;
    private final MatrixKernels kernels;
    private final Map<Key, HeldTokens> packed = new ConcurrentHashMap<>();

    public SharedTokens(Context context, MatrixKernels kernels) {
        this.context = context;
        this.kernels = kernels;
    }

    /** Every token in the slot of its number; not to be changed. */
    public HeldTokens of(int layer, int kvHead) {
        return packed.computeIfAbsent(new Key(layer, kvHead), this::pack);
    }

    private HeldTokens pack(Key key) {
        var tokens = new HeldTokens(kernels, context.shape().headDim(), context.tokens());
        tokens.addAll(
                context.keyValues(key.layer(), key.kvHead()),
                TokenSets.range(0, context.tokens()),
                0,
                HeldTokens.Storing.AS_IT_IS);
        return tokens;
    }
}
