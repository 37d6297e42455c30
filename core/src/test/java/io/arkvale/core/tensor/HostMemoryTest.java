package io.arkvale.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.CapacityException;
import io.arkvale.core.CountingCache;
import io.arkvale.core.CountingDevice;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class HostMemoryTest {
    @Test
    void moreThanTheMachineHasIsRefusedAndTheMessageSpeaksOfTheSameMemory() {
        long most = Long.MAX_VALUE / 2;
        assertThatThrownBy(() -> new HostMemory(most)).isInstanceOfSatisfying(CapacityException.class, error -> {
            assertThat(error.pool()).isEqualTo("bytes of memory outside the heap");
            assertThat(error.needed()).isEqualTo(most);
            assertThat(error.free()).isBetween(0L, 1L << 45);
        });
    }

    @Test
    void aCacheTakesTheMemoryOfItsBackupsWhenItOpensOrIsRefused() {
        var devices = new ArrayList<CountingDevice>();
        var tooMuch = CountingCache.spec(1)
                .deviceSlots(1)
                .hostSlots(Integer.MAX_VALUE)
                .build();
        assertThatThrownBy(() -> new CountingCache(tooMuch, given -> {
                    var device = new CountingDevice(given, false);
                    devices.add(device);
                    return device;
                }))
                .isInstanceOf(CapacityException.class);
        assertThat(devices)
                .singleElement()
                .satisfies(device -> assertThat(device.closings()).isOne());
    }
}
