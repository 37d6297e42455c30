package io.arkvale.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.BackendOption;
import io.arkvale.api.InvalidArgumentException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptionValuesTest {
    private static final BackendOption DEVICE = new BackendOption("device", "0", "0 to 3", "which device");

    private static OptionValues of(Map<String, String> given) {
        return new OptionValues(List.of(DEVICE, OptionValues.CHECKS), given);
    }

    @Test
    void whatIsLeftOutTakesItsDefault() {
        var values = of(Map.of());
        assertThat(values.number(DEVICE, 0, 3)).isZero();
        assertThat(values.immediateChecks()).isFalse();
        assertThat(of(Map.of("checks", "immediate")).immediateChecks()).isTrue();
        assertThat(of(Map.of("device", "3")).number(DEVICE, 0, 3)).isEqualTo(3);
    }

    @Test
    void whatIsNotAllowedIsNamedWithWhatIs() {
        for (var device : List.of("-1", "4", "one", "")) {
            assertThatThrownBy(() -> of(Map.of("device", device)).number(DEVICE, 0, 3))
                    .isInstanceOf(InvalidArgumentException.class)
                    .hasMessage("backend option 'device' is '" + device + "'; allowed: 0 to 3");
        }
        assertThatThrownBy(() -> of(Map.of("checks", "sometimes")).immediateChecks())
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage("backend option 'checks' is 'sometimes'; allowed: deferred, immediate");
        assertThatThrownBy(() -> of(Map.of("speed", "most")))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("checks");
    }
}
