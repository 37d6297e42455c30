package io.arkvale.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.arkvale.conformance.wrong.WrongBackend;
import io.arkvale.conformance.wrong.WrongSizes;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The kit finds mistakes that begin at the size of a block. */
@Tag("thorough")
final class SizesTest {
    static List<WrongBackend> wrongSizes() {
        return WrongSizes.usual();
    }

    @ParameterizedTest
    @MethodSource("wrongSizes")
    void aMistakeAtAUsualSizeIsFound(WrongBackend wrong) {
        assertThat(passes(wrong)).isFalse();
    }

    @Test
    void aMistakeAtASizeThatTheBackendNamesIsFound() {
        assertThat(passes(WrongSizes.atHundred(true))).isFalse();
        // The same mistake where the size is not named: it shows nowhere else.
        assertThat(passes(WrongSizes.atHundred(false))).isTrue();
    }

    private static boolean passes(WrongBackend wrong) {
        var options = ConformanceOptions.of(wrong.provider())
                .rules(Set.of(0))
                .tries(1)
                .actions(1)
                .shrinks(0);
        return ConformanceKit.run(options, ConformanceListener.SILENT).passed();
    }
}
