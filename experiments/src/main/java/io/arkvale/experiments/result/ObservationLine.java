package io.arkvale.experiments.result;

import io.arkvale.experiments.input.StrictJson;

/** An observation as a line of text, which says all of it. */
public final class ObservationLine {
    private ObservationLine() {}

    /** The line, without its end. */
    public static String of(Observation observation) {
        return StrictJson.MAPPER.writeValueAsString(observation);
    }

    /** Reads what {@link #of} wrote. */
    public static Observation parse(String line) {
        return StrictJson.MAPPER.readValue(line, Observation.class);
    }
}
