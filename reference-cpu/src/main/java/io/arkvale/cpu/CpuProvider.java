package io.arkvale.cpu;

import io.arkvale.api.Availability;
import io.arkvale.api.Backend;
import io.arkvale.api.BackendOption;
import io.arkvale.api.BackendProvider;
import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.SizeRange;
import io.arkvale.api.ElementType;
import io.arkvale.core.PagedBackend;
import io.arkvale.kernels.WorkerPool;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;

/** Provider of the reference backend, {@code cpu}, which runs everywhere. */
public final class CpuProvider implements BackendProvider {
    private static final String ID = "cpu";

    private static final Capabilities CAPABILITIES = new Capabilities(
            EnumSet.allOf(ElementType.class),
            SizeRange.of(1, 1024),
            SizeRange.of(1, 1024),
            SizeRange.of(1, 256),
            true,
            true,
            true,
            false);

    /** Used by ServiceLoader. */
    public CpuProvider() {}

    @Override
    public String id() {
        return ID;
    }

    @Override
    public int rank() {
        return 0;
    }

    @Override
    public List<BackendOption> options() {
        return CpuOptions.ALL;
    }

    @Override
    public Availability probe() {
        return new Availability.Available(device(CpuOptions.parse(Map.of())));
    }

    private static String device(CpuOptions options) {
        return System.getProperty("os.arch") + " CPU, " + options.threads() + " threads, "
                + options.kernels().description() + " kernels";
    }

    @Override
    public Backend create(Map<String, String> given) {
        var options = CpuOptions.parse(given);
        var pool = WorkerPool.shared(options.threads());
        return new PagedBackend<>(
                ID,
                device(options),
                CAPABILITIES,
                options.immediateChecks(),
                spec -> new CpuDevice(spec, options, pool),
                pool::close);
    }
}
