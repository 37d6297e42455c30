package io.arkvale.llama.rope;

import io.arkvale.kernels.row.RowKernels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The rotations of a model's layers; layers with the same settings share one. */
public final class ModelRopes {

    private final List<RopeSettings> layers;
    private final Map<RopeSettings, Rope> shortRopes = new HashMap<>();
    private final Map<RopeSettings, Rope> longRopes = new HashMap<>();
    private final int crossing;
    private final Rope common;

    /** The rotations that a configuration describes. */
    public ModelRopes(RowKernels kernels, List<RopeSettings> layers) {
        this.layers = List.copyOf(layers);
        int least = Integer.MAX_VALUE;
        for (var settings : layers) {
            shortRopes.computeIfAbsent(settings, wanted -> Rope.of(kernels, wanted, 0));
            longRopes.computeIfAbsent(settings, wanted -> Rope.of(kernels, wanted, Integer.MAX_VALUE));
            if (settings.scaling() instanceof RopeScaling.LongRope longRope) {
                least = Math.min(least, longRope.originalPositions());
            }
        }
        crossing = least;
        if (shortRopes.size() > 1) {
            common = Rope.refusing(
                    kernels,
                    "this model's layers turn their heads in different ways, so tokens cannot be"
                            + " given other positions");
        } else if (crossing < Integer.MAX_VALUE) {
            common = Rope.refusing(
                    kernels,
                    "this model turns its heads differently in long texts, so tokens cannot be"
                            + " given other positions");
        } else {
            common = shortRopes.values().iterator().next();
        }
    }

    /** A layer's rotation in sequences that have {@code length} tokens at the end of a pass. */
    public Rope at(int layer, int length) {
        var ropes = length > crossing ? longRopes : shortRopes;
        var rope = ropes.get(layers.get(layer));
        if (rope == null) {
            throw new IllegalArgumentException("there is no layer " + layer);
        }
        return rope;
    }

    /** The length up to which sequences are turned in one way; longer ones are turned in the other. */
    public int crossing() {
        return crossing;
    }

    /** The one rotation of all layers and lengths; of a model that has several, one that refuses to be used. */
    public Rope common() {
        return common;
    }
}
