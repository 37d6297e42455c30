package io.arkvale.core.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.BackupException;
import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.core.CountingCache;
import io.arkvale.core.CountingDevice;
import io.arkvale.spi.SlotCopy;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A device whose copies fail in ways that nobody expects. */
class BackupFailureTest {
    private static final class FailingDevice extends CountingDevice {
        private volatile boolean failing;

        FailingDevice(CacheSpec spec) {
            super(spec, true);
        }

        @Override
        public void download(List<SlotCopy> copies) {
            if (failing) {
                throw new StackOverflowError("the copy went wrong");
            }
            super.download(copies);
        }
    }

    @Test
    void whoWaitsForABackupIsToldAndOthersGoOn() {
        var devices = new FailingDevice[1];
        var spec = CountingCache.spec(1).deviceSlots(100).hostSlots(100).build();
        try (var counting = new CountingCache(spec, given -> {
            devices[0] = new FailingDevice(given);
            return devices[0];
        })) {
            var sound = counting.prompt(CountingCache.SETTINGS, 7);
            var spoiled = counting.prompt(CountingCache.SETTINGS, 7);
            counting.cache.synchronize();
            devices[0].failing = true;
            counting.decode(spoiled); // fills a page whose backup fails
            counting.cache.synchronize();
            devices[0].failing = false;

            counting.decode(sound);
            counting.grow(sound, 16);
            assertThatThrownBy(() -> counting.grow(spoiled, 16))
                    .isInstanceOfSatisfying(
                            BackupException.class,
                            error -> assertThat(error.poisoned()).containsExactly(spoiled))
                    .hasMessageContaining("the copy went wrong");
            assertThat(sound.length()).isEqualTo(24);
            spoiled.close();
            assertThat(counting.cache.step(Batch.decode(sound))).isNotNull();
        }
    }
}
