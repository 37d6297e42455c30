package org.example.kvcache;

import io.arkvale.api.Availability;
import io.arkvale.api.Backend;
import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.Capabilities.SizeRange;
import io.arkvale.api.Digest;
import io.arkvale.api.DigestRange;
import io.arkvale.api.ElementType;
import io.arkvale.api.GroupScore;
import io.arkvale.core.CoreProvider;
import io.arkvale.core.OptionValues;
import io.arkvale.core.PagedBackend;
import java.util.List;
import java.util.Map;

/** Found by ServiceLoader under the id {@code example}; says what the backend can do, and creates it. */
public final class ExampleProvider extends CoreProvider {
    private static final String DEVICE = "plain Java";

    /** Called by ServiceLoader. */
    public ExampleProvider() {
        super("example", -1, List.of(OptionValues.CHECKS)); // never chosen by itself
    }

    @Override
    public Availability probe() {
        return new Availability.Available(DEVICE);
    }

    private static Capabilities capabilities() {
        return PagedBackend.declare()
                .elementTypes(ElementType.values())
                .headDims(SizeRange.of(1, 256))
                .pageSizes(SizeRange.of(1, 128))
                .queryHeadsPerKvHead(SizeRange.of(1, 16))
                .digests(Digest.values())
                .digestRange(DigestRange.all(Digest.Form.MOST_PARTS))
                .groupScores(GroupScore.values())
                .features(Feature.FORK_SETTINGS, Feature.HOST_TENSORS, Feature.ATTENTION_SCALE)
                .features(Feature.LAYER_WINDOWS, Feature.LAYER_BUDGETS, Feature.GROUP_BUDGETS)
                .features(Feature.DETERMINISTIC, Feature.BATCH_INVARIANT)
                .build();
    }

    @Override
    public Backend create(Map<String, String> given) {
        var options = new OptionValues(options(), given);
        return new PagedBackend<>(
                id(), DEVICE, capabilities(), options.immediateChecks(), ExampleDevice::new, () -> {});
    }
}
