package org.example.kvcache;

import io.arkvale.api.Availability;
import io.arkvale.api.Backend;
import io.arkvale.api.BackendOption;
import io.arkvale.api.BackendProvider;
import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.Capabilities.SizeRange;
import io.arkvale.api.Digest;
import io.arkvale.api.ElementType;
import io.arkvale.api.GroupScore;
import io.arkvale.api.Scope;
import io.arkvale.core.OptionValues;
import io.arkvale.core.PagedBackend;
import java.util.List;
import java.util.Map;

/** Found by ServiceLoader under the id {@code example}; says what the backend can do, and creates it. */
public final class ExampleProvider implements BackendProvider {
    private static final String DEVICE = "plain Java";

    /** Called by ServiceLoader. */
    public ExampleProvider() {}

    @Override
    public String id() {
        return "example";
    }

    @Override
    public int edition() {
        return 2;
    }

    @Override
    public int rank() {
        return -1; // never chosen by itself
    }

    @Override
    public List<BackendOption> options() {
        return List.of(OptionValues.CHECKS);
    }

    @Override
    public Availability probe() {
        return new Availability.Available(DEVICE);
    }

    private static Capabilities capabilities() {
        return Capabilities.builder()
                .elementTypes(ElementType.values())
                .headDims(SizeRange.of(1, 256))
                .pageSizes(SizeRange.of(1, 128))
                .queryHeadsPerKvHead(SizeRange.of(1, 16))
                .digests(Digest.values())
                .groupScores(GroupScore.values())
                .scopes(Scope.values())
                .features(
                        Feature.HEAD_GROUPS,
                        Feature.OWN_SCORES,
                        Feature.FORKS,
                        Feature.PREFETCH,
                        Feature.DISK_TIER,
                        Feature.DETERMINISTIC,
                        Feature.BATCH_INVARIANT)
                .build();
    }

    @Override
    public Backend create(Map<String, String> given) {
        var options = new OptionValues(options(), given);
        return new PagedBackend<>(
                id(), DEVICE, capabilities(), options.immediateChecks(), ExampleDevice::new, () -> {});
    }
}
