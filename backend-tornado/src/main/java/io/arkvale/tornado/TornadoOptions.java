package io.arkvale.tornado;

import io.arkvale.api.BackendOption;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.core.OptionValues;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The options of the backend, parsed.
 *
 * @param device number of the device, as TornadoVM counts those of its first driver
 * @param immediateChecks whether a non-finite value is an error at the call that brings it
 * @param timedParts whether TornadoVM's profiler takes the time of kernels, for the reports of steps
 * @param replay whether executions are recorded once as CUDA graphs and then replayed
 */
record TornadoOptions(int device, boolean immediateChecks, boolean timedParts, Replay replay) {
    /** When executions are replayed. */
    enum Replay {
        AUTO,
        ON,
        OFF
    }

    private static final int MOST_DEVICES = 64;

    private static final BackendOption DEVICE =
            new BackendOption("device", "0", "0 to " + (MOST_DEVICES - 1), "which of TornadoVM's devices to use");
    private static final BackendOption TIMING =
            new BackendOption("timing", "off", "off, parts", "whether steps report the device time of their parts");

    private static final BackendOption REPLAY = new BackendOption(
            "replay",
            "auto",
            "auto (where that can be), off, on (with TornadoVM for CUDA, and without timing=parts)",
            "whether executions are recorded once as CUDA graphs and then replayed");

    static final List<BackendOption> ALL = List.of(DEVICE, OptionValues.CHECKS, TIMING, REPLAY);

    static TornadoOptions parse(Map<String, String> given) {
        var values = new OptionValues(ALL, given);
        var options = new TornadoOptions(
                values.number(DEVICE, 0, MOST_DEVICES - 1),
                values.immediateChecks(),
                values.isSecond(TIMING, "off", "parts"),
                replay(values.get(REPLAY)));
        // TornadoVM's profiler sees no kernels within a replayed graph.
        if (options.replay == Replay.ON && options.timedParts) {
            throw REPLAY.reject("on");
        }
        return options;
    }

    private static Replay replay(String value) {
        for (var replay : Replay.values()) {
            if (replay.name().toLowerCase(Locale.ROOT).equals(value)) {
                return replay;
            }
        }
        throw REPLAY.reject(value);
    }

    /**
     * Whether executions are replayed by TornadoVM for a kind of code.
     *
     * @throws InvalidArgumentException if they shall be, and TornadoVM generates another code than CUDA's: with PTX recording
     *     fails, which is printed and not raised, and nothing is executed
     */
    boolean replays(String code) {
        boolean canReplay = code.equals("CUDA") && !timedParts;
        if (replay == Replay.ON && !canReplay) {
            throw REPLAY.reject("on");
        }
        return canReplay && replay != Replay.OFF;
    }
}
