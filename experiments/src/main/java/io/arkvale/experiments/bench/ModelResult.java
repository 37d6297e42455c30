package io.arkvale.experiments.bench;

/**
 * What decode steps of a whole model took, or a prefill.
 *
 * @param kind which kind of step
 * @param tokens new ones of all sequences together; of a prefill, those of the prompt
 * @param medianNanos of a step, median of rounds
 * @param recalls pages recalled per sequence, limited layer and step, mean; 0 where no layer is limited
 * @param deviceBytes of the cache on the device
 * @param hostBytes of the cache's backups in the host
 */
public record ModelResult(
        ModelCase measured,
        BenchResult.Kind kind,
        int tokens,
        double medianNanos,
        double recalls,
        long deviceBytes,
        long hostBytes) {

    /** Tokens per second. */
    public double tokensPerSecond() {
        return tokens / medianNanos * 1e9;
    }
}
