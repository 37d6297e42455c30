package io.arkvale.experiments.run;

import io.arkvale.api.ElementType;
import io.arkvale.experiments.UserException;
import io.arkvale.llama.forward.DenseDevice;
import io.arkvale.llama.forward.DenseDevices;
import io.arkvale.llama.weights.WeightStorage;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * In which form a model is loaded: what changes its results, if only by rounding.
 *
 * @param weights how weights are kept on the CPU
 * @param device where the model computes; null for the CPU
 * @param elementType of weights and activations on a device other than the CPU
 */
public record ModelForm(WeightStorage weights, @Nullable String device, ElementType elementType) {

    /** The usual one, on the CPU. */
    public static final ModelForm USUAL = new ModelForm(WeightStorage.AUTOMATIC, null, ElementType.F32);

    /** Checks that the parts go together. */
    public ModelForm {
        if (device != null && weights == WeightStorage.EIGHT_BITS) {
            throw new UserException("--eight-bit-weights is for models on the CPU; leave out --device");
        }
    }

    /** What results are told apart by, empty for the usual form. */
    String suffix() {
        if (device != null) {
            return "-" + device + "-" + elementType;
        }
        return weights == WeightStorage.EIGHT_BITS ? "-eight-bits" : "";
    }

    /** The same in words. */
    String words() {
        if (device != null) {
            return " on " + device + " in " + elementType;
        }
        return weights == WeightStorage.EIGHT_BITS ? " in eight bits" : "";
    }

    /** Opens the device, if it is another than the CPU. */
    Optional<DenseDevice> open() {
        if (device == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(DenseDevices.open(device, elementType, Map.of()));
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new UserException("--device: " + e.getMessage(), e);
        }
    }
}
