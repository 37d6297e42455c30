package io.arkvale.experiments.bench;

/**
 * What decode steps of a whole model took, or a prefill.
 *
 * @param kind which kind of step
 * @param medianNanos of a step, median of rounds
 * @param recalls pages recalled per sequence, limited layer and step, mean; 0 where no layer is limited
 * @param deviceBytes of the cache on the device
 * @param hostBytes of the cache's backups in the host
 */
public record ModelResult(
        ModelCase measured,
        BenchResult.Kind kind,
        double medianNanos,
        double recalls,
        long deviceBytes,
        long hostBytes) {

    /** New tokens of all sequences together; of a prefill, those of the prompt. */
    public double tokensPerSecond() {
        int tokens = kind == BenchResult.Kind.PREFILL ? measured.context() : measured.batch();
        return tokens / medianNanos * 1e9;
    }
}
