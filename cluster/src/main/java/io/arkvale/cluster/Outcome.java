package io.arkvale.cluster;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a job came to on an executor.
 *
 * @param lines its observations as the notebook writes them
 * @param nanoseconds that it took
 * @param failure what is wrong with it, which no second try would mend, or null
 */
record Outcome(
        List<String> lines, long nanoseconds, @Nullable String failure) implements Serializable {}
