package io.arkvale.tornado;

import io.arkvale.api.Availability;
import io.arkvale.api.Backend;
import io.arkvale.core.PagedBackend;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/** Asks TornadoVM for its devices. */
final class TornadoDriver implements Driver {
    TornadoDriver() {}

    @Override
    public Availability device(int number) {
        var runtime = TornadoRuntimeProvider.getTornadoRuntime();
        int count = runtime.getNumBackends() == 0 ? 0 : runtime.getBackend(0).getNumDevices();
        if (number >= count) {
            return new Availability.Unavailable(
                    "TornadoVM has no device " + number + ", it shows " + count,
                    count == 0
                            ? "install a driver for the SDK's backend; clinfo or nvidia-smi must list a device"
                            : "choose one of them with the option device");
        }
        return new Availability.Available(name(number));
    }

    /** The device and the kind of code that it runs. */
    static String name(int number) {
        return find(number).getPhysicalDevice().getDeviceName().trim() + ", "
                + TornadoRuntimeProvider.getTornadoRuntime().getBackendType(0) + " through TornadoVM";
    }

    static TornadoDevice find(int number) {
        return TornadoRuntimeProvider.getTornadoRuntime().getBackend(0).getDevice(number);
    }

    @Override
    public Backend create(TornadoOptions options) {
        // What is not possible and asked for is refused here.
        boolean isReplayed = options.replays(
                TornadoRuntimeProvider.getTornadoRuntime().getBackendType(0).name());
        var engines = new Engines(
                find(options.device()),
                options.timedParts(),
                isReplayed ? options.replay() : TornadoOptions.Replay.OFF);
        return new PagedBackend<>(
                Engines.ID,
                name(options.device()),
                engines.capabilities(),
                options.immediateChecks(),
                engines::open,
                engines::close);
    }
}
