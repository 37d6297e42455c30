package io.arkvale.experiments.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.experiments.engine.Machine;
import io.arkvale.kernels.DenseKernels;
import io.arkvale.kernels.pool.WorkerPool;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A lab is used again for what is the same, and closed for what is not. */
class OpenLabTest {
    @Test
    void onlyOneLabIsOpen() {
        try (var open = new OpenLab()) {
            var first = open.of("one", OpenLabTest::lab);
            assertThat(open.of("one", () -> {
                        throw new AssertionError("opened twice");
                    }))
                    .isSameAs(first);
            assertThat(open.of("other", OpenLabTest::lab)).isNotSameAs(first);
            assertThatThrownBy(() -> first.machine().pool().forEach(8, (item, worker) -> {}))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    private static Lab lab() {
        var machine = new Machine(DenseKernels.vector(), new WorkerPool(2, "test"), null);
        return Lab.open(Path.of("..", "models", "needle-5m"), machine, ModelForm.USUAL);
    }
}
