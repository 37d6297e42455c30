package io.arkvale.experiments.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is said where a model cannot compute on the device asked for. */
class ModelDeviceTest {
    private static final String MODEL = "../models/needle-5m";

    @Test
    void anUnknownDeviceOfABenchIsRefused() {
        var run = Run.of("bench", "model", "--shape", "tiny", "--device", "abacus");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("there is no device abacus for models; allowed: ");
    }

    @Test
    void anUnknownShapeIsRefusedWithTheKnownOnes() {
        var run = Run.of("bench", "model", "--shape", "huge");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("--shape is huge; allowed: llama-3-8b, longchat-7b, tiny");
    }

    @Test
    void anUnknownDeviceOfAGenerationIsRefused() {
        var run =
                Run.of("generate", "--model", MODEL, "--prompt", "Once upon", "--policy", "full", "--device", "abacus");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("--device: there is no device abacus for models; allowed: ");
    }

    @Test
    void eightBitsAreForTheCpu() {
        var run = Run.of(
                "generate", "--model", MODEL, "--prompt", "Once upon", "--device", "cuda", "--eight-bit-weights");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("--eight-bit-weights is for models on the CPU; leave out --device");
    }
}
