package io.arkvale.core.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.BackendLostException;
import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.CallOrderException;
import io.arkvale.api.Sequence;
import io.arkvale.core.CountingCache;
import io.arkvale.core.CountingDevice;
import io.arkvale.spi.SlotCopy;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class UndoTest {
    /** A device that can be told to fail for good when pages come back. */
    private static final class FailingDevice extends CountingDevice {
        private boolean failing;

        FailingDevice(CacheSpec spec) {
            super(spec, false);
        }

        @Override
        public void upload(List<SlotCopy> copies) {
            if (failing) {
                throw new BackendLostException("the device is gone", null);
            }
            super.upload(copies);
        }
    }

    private final FailingDevice[] device = new FailingDevice[1];

    @AutoClose
    private final CountingCache counting = new CountingCache(
            CountingCache.spec(1).deviceSlots(100).hostSlots(100).build(), spec -> {
                device[0] = new FailingDevice(spec);
                return device[0];
            });

    private static float[] scoresFor(int page) {
        var scores = new float[10];
        scores[page] = 1;
        return scores;
    }

    @Test
    void attendedPagesAreWhatTheyWere() {
        var sequence = counting.prompt(CountingCache.SETTINGS, 40);
        counting.decode(sequence, scoresFor(3));
        assertThat(attended(sequence)).containsExactly(0, 3, 10);

        try (var step = counting.cache.step(Batch.decode(sequence))) {
            step.append(0, counting.rows(42, 1), counting.rows(0, 1));
            step.select(0, counting.tensor(scoresFor(5)));
            assertThat(attended(sequence)).containsExactly(0, 5, 10);
        }
        assertThat(attended(sequence)).containsExactly(0, 3, 10);
    }

    private int[] attended(Sequence sequence) {
        return counting.cache.view().attendedPages(sequence, 0, 0);
    }

    @Test
    void afterACallThatFailedHalfWayOnlyCloseIsLeft() {
        var sequence = counting.prompt(CountingCache.SETTINGS, 40);
        try (var step = counting.cache.step(Batch.decode(sequence))) {
            step.append(0, counting.rows(41, 1), counting.rows(0, 1));
            step.select(0, counting.tensor(scoresFor(5)));
            device[0].failing = true;
            assertThatThrownBy(() -> step.recall(0)).isInstanceOf(BackendLostException.class);
            device[0].failing = false;

            assertThatThrownBy(() -> step.recall(0))
                    .isInstanceOf(CallOrderException.class)
                    .hasMessage("an earlier call of this step failed half-way; only close is left");
            assertThatThrownBy(step::commit).isInstanceOf(CallOrderException.class);
        }
        assertThat(sequence.length()).isEqualTo(40);
        counting.decode(sequence, scoresFor(5));
        assertThat(attended(sequence)).containsExactly(0, 5, 10);
    }

    @Test
    void aStepWhoseUndoFailsIsOverAllTheSame() {
        var sequence = counting.prompt(CountingCache.SETTINGS, 40);
        var step = counting.cache.step(Batch.decode(sequence));
        step.append(0, counting.rows(41, 1), counting.rows(0, 1));
        step.select(0, counting.tensor(scoresFor(5)));
        step.recall(0);
        device[0].failing = true;

        assertThatThrownBy(step::close).isInstanceOf(BackendLostException.class);

        device[0].failing = false;
        assertThat(sequence.length()).isEqualTo(40);
        counting.cache.begin(CountingCache.SETTINGS); // no step is open
        sequence.close();
        assertThat(counting.cache.memory().usedDeviceSlots()).isZero();
    }

    @Test
    void recallsThatNeverArrivedAreForgotten() {
        var sequence = counting.prompt(CountingCache.SETTINGS, 40);
        var bytes = resident(sequence);
        var step = counting.cache.step(Batch.decode(sequence));
        step.append(0, counting.rows(41, 1), counting.rows(0, 1));
        step.select(0, counting.tensor(scoresFor(5)));
        device[0].failing = true;
        assertThatThrownBy(() -> step.recall(0)).isInstanceOf(BackendLostException.class);
        device[0].failing = false;
        step.close();
        assertThat(resident(sequence)).isEqualTo(bytes);
    }

    /** The last keys of the resident pages. */
    private List<Float> resident(Sequence sequence) {
        var view = counting.cache.view();
        var rows = new float[8];
        var keys = new ArrayList<Float>();
        for (int page = 0; page < 10; page++) {
            if (view.page(sequence, 0, 0, page).resident()) {
                view.copyResident(sequence, 0, 0, page, MemorySegment.ofArray(rows));
                keys.add(rows[0]);
            }
        }
        return keys;
    }
}
