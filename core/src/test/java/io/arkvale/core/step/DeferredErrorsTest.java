package io.arkvale.core.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.Batch;
import io.arkvale.api.CallOrderException;
import io.arkvale.api.NonFiniteException;
import io.arkvale.api.Sequence;
import io.arkvale.core.CountingCache;
import io.arkvale.core.CountingDevice;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class DeferredErrorsTest {
    @AutoClose
    private final CountingCache counting = new CountingCache(
            CountingCache.spec(1).deviceSlots(100).hostSlots(100).build(), spec -> new CountingDevice(spec, false));

    @Test
    void theOthersOfTheBatchKeepTheirReport() {
        var sound = counting.prompt(CountingCache.SETTINGS, 40);
        var spoiled = counting.prompt(CountingCache.SETTINGS, 40);

        assertThatThrownBy(() -> decode(sound, spoiled)).isInstanceOfSatisfying(NonFiniteException.class, error -> {
            assertThat(error.poisoned()).containsExactly(spoiled);
            assertThat(error).hasMessage("keys of sequence 1 of the batch hold NaN or infinity");
            assertThat(error.report())
                    .hasValueSatisfying(report -> assertThat(report.sequences())
                            .hasSize(2)
                            .first()
                            .satisfies(
                                    counts -> assertThat(counts.attendedPages()).isEqualTo(3)));
        });

        assertThat(spoiled.isPoisoned()).isTrue();
        assertThat(sound.isPoisoned()).isFalse();
        assertThat(sound.length()).isEqualTo(41);
        counting.decode(sound);
    }

    private void decode(Sequence sound, Sequence spoiled) {
        try (var step = counting.cache.step(Batch.decode(List.of(sound, spoiled)))) {
            step.decode(
                    0,
                    counting.tensor(1, 1),
                    counting.tensor(1, Float.NaN),
                    counting.tensor(1, 1),
                    counting.tensor(0, 0));
            step.commit();
        }
    }

    @Test
    void aCallOutOfOrderLeavesTheStepAsItIs() {
        var sequence = counting.prompt(CountingCache.SETTINGS, 4);
        try (var step = counting.cache.step(Batch.decode(sequence))) {
            assertThatThrownBy(step::commit).isInstanceOf(CallOrderException.class);
            assertThatThrownBy(sequence::close).isInstanceOf(CallOrderException.class);
            step.decode(0, counting.rows(1, 1), counting.rows(5, 1), counting.rows(0, 1), counting.rows(0, 1));
            step.commit();
        }
        assertThat(sequence.length()).isEqualTo(5);
    }
}
