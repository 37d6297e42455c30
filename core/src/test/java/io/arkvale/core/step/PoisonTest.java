package io.arkvale.api.support;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.BackupException;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.DeferredException;
import io.arkvale.api.ElementType;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.NonFiniteException;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PoisonTest {
    /** A sequence that does nothing. */
    private static final class Idle implements Sequence {
        @Override
        public SequenceSpec spec() {
            return SequenceSpec.builder(1).build();
        }

        @Override
        public int length() {
            return 0;
        }

        @Override
        public boolean isPoisoned() {
            return false;
        }

        @Override
        public void close() {}
    }

    private static final CacheSpec SPEC =
            CacheSpec.builder(1, 1, 1, 2).deviceSlots(1).build();

    private final Sequence first = new Idle();
    private final Sequence second = new Idle();
    private final Sequence third = new Idle();
    private final List<Sequence> poisoned = new ArrayList<>();
    private final Poison<Sequence> poison = new Poison<>(poisoned::add);

    @Test
    void aSoundStepRaisesNothing() {
        assertThatCode(poison::raise).doesNotThrowAnyException();
        assertThat(poisoned).isEmpty();
    }

    @Test
    void lostPagesComeBeforeBadValuesAndAllAreNamed() {
        poison.nonFinite(second, "second is bad");
        poison.nonFinite(second, "second is worse");
        poison.backupFailed(third, new IOException("no space"));
        poison.backupFailed(third, new IOException("no disk"));

        assertThat(poison.hasLostPages(third)).isTrue();
        assertThat(poison.hasLostPages(second)).isFalse();
        assertThatThrownBy(poison::raise)
                .isInstanceOf(BackupException.class)
                .hasMessageEndingWith("no space")
                .satisfies(error ->
                        assertThat(((DeferredException) error).poisoned()).containsExactly(third, second));
        assertThat(poisoned).containsExactly(third, second);
    }

    @Test
    void valuesAreLookedForInTheRowsOfEachSequence() {
        try (var tensors = new HostTensors(SPEC)) {
            var keys = tensors.allocate(ElementType.F32, 4, 1, 2);
            keys.copyFrom(MemorySegment.ofArray(new float[] {0, 0, 0, 0, 0, Float.NaN, 0, 0}));
            var own = tensors.requireKeys("keys", keys, 4);
            var members = List.of(first, second, third);

            var deferred = new ValueCheck<>(members, false, poison, PoisonTest::allFinite);
            deferred.check("keys", own, new int[] {0, 2, 1});
            assertThatThrownBy(deferred::raise)
                    .isInstanceOf(NonFiniteException.class)
                    .hasMessage("keys of sequence 2 of the batch hold NaN or infinity");
            assertThat(poisoned).containsExactly(third);

            var immediate = new ValueCheck<>(members, true, poison, PoisonTest::allFinite);
            assertThatCode(() -> immediate.check("keys", own, new int[] {1, 1, 0}))
                    .doesNotThrowAnyException();
            assertThatThrownBy(() -> immediate.check("keys", own))
                    .isInstanceOf(InvalidArgumentException.class)
                    .hasMessage("keys of sequence 2 of the batch hold NaN or infinity; allowed: finite values");
        }
    }

    private static boolean allFinite(HostTensor tensor, int firstRow, int rows) {
        var numbers = new float[rows * tensor.heads() * tensor.width()];
        tensor.copyTo(firstRow, rows, MemorySegment.ofArray(numbers));
        for (float number : numbers) {
            if (!Float.isFinite(number)) {
                return false;
            }
        }
        return true;
    }
}
