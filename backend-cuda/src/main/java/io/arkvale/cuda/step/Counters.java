package io.arkvale.cuda.step;

import io.arkvale.api.StepReport.Part;
import java.util.Map;

/** What kernels counted in a step; times of other parts than the recall only if it was timed. */
@SuppressWarnings("ArrayRecordComponent") // read at once and never compared
public record Counters(
        long[] evicted, long[] recalled, long[] attended, long copies, boolean[] notFinite, Map<Part, Long> nanos) {}
