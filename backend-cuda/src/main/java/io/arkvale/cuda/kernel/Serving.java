package io.arkvale.cuda.kernel;

import io.arkvale.api.Batch.Role;

/** Which members a launch is for, and with which row of queries; {@code Serving} of cache.cuh, in its order. */
public enum Serving {
    /** All: each with the row of its number. */
    EVERY,
    /** Those that decode within a step of several roles: each with the first row of its tokens. */
    DECODING,
    /** Those whose prompt ends within a step of several roles: each with the last row of its tokens. */
    ENDING;

    /** What chooses the pages of a member with a role. A member that nothing chooses for is in none but {@link #EVERY}. */
    public static Serving of(Role role) {
        return switch (role) {
            case DECODE -> DECODING;
            case LAST_PROMPT, LAST_INGEST -> ENDING;
            case BY_CALL, PROMPT, INGEST -> EVERY;
        };
    }
}
