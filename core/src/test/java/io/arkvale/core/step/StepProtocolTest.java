package io.arkvale.core.step;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.CallOrderException;
import io.arkvale.api.InvalidArgumentException;
import org.junit.jupiter.api.Test;

class StepProtocolTest {
    @Test
    void theFiveStepsComeInOrder() {
        var protocol = new StepProtocol(1, new int[] {1, 1}, false);
        protocol.requireAppend(0);
        protocol.appended();
        assertThatThrownBy(() -> protocol.requireSelect(0, false)).isInstanceOf(CallOrderException.class);
        assertThatCode(() -> protocol.requireSelect(0, true)).doesNotThrowAnyException();
        protocol.requireEstimate(0);
        protocol.estimated();
        protocol.requireEstimate(0);
        protocol.requireSelect(0, false);
        protocol.selected();
        assertThatThrownBy(() -> protocol.requireAttend(0)).isInstanceOf(CallOrderException.class);
        protocol.requireRecall(0);
        protocol.recalled();
        protocol.requireAttend(0);
        assertThatThrownBy(protocol::requireCommit).isInstanceOf(CallOrderException.class);
        protocol.layerDone();
        protocol.requireCommit();
        assertThatThrownBy(() -> protocol.requireAppend(1)).isInstanceOf(InvalidArgumentException.class);
    }

    @Test
    void scoresAreOfOneLayerOnly() {
        var protocol = new StepProtocol(2, new int[] {1}, false);
        protocol.appended();
        protocol.estimated();
        protocol.layerDone();
        protocol.appended();
        assertThatThrownBy(() -> protocol.requireSelect(1, false)).isInstanceOf(CallOrderException.class);
    }

    @Test
    void aPrefetchedLayerIsOnlyAppendedToAndAttended() {
        var protocol = new StepProtocol(2, new int[] {1}, false);
        protocol.requirePrefetch(1);
        protocol.prefetched(1);
        assertThatThrownBy(() -> protocol.requirePrefetch(1)).isInstanceOf(CallOrderException.class);
        protocol.layerDone();
        protocol.requireAppend(1);
        protocol.appended();
        assertThatThrownBy(() -> protocol.requireEstimate(1)).isInstanceOf(CallOrderException.class);
        assertThatThrownBy(() -> protocol.requireSelect(1, true)).isInstanceOf(CallOrderException.class);
        protocol.requireAttend(1);
    }

    @Test
    void chunksFillTheTokensExactly() {
        var protocol = new StepProtocol(1, new int[] {3, 2}, false);
        assertThatThrownBy(() -> protocol.requireAppend(0)).isInstanceOf(CallOrderException.class);
        assertThatThrownBy(() -> protocol.requireChunk(0, new int[] {1}, true))
                .isInstanceOf(InvalidArgumentException.class);
        assertThatThrownBy(() -> protocol.requireChunk(0, new int[] {4, 0}, true))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("0 to 3");
        assertThatThrownBy(() -> protocol.requireChunk(0, new int[] {0, 0}, true))
                .isInstanceOf(InvalidArgumentException.class);
        protocol.requireChunk(0, new int[] {2, 2}, true);
        protocol.stored(new int[] {2, 2}, true);
        assertThatThrownBy(() -> protocol.requireChunk(0, new int[] {1, 0}, false))
                .isInstanceOf(CallOrderException.class);
        assertThatThrownBy(() -> protocol.requireFinishPrefill(0))
                .isInstanceOf(CallOrderException.class)
                .hasMessageContaining("2 of 3");
        protocol.requireChunk(0, new int[] {1, 0}, true);
        protocol.stored(new int[] {1, 0}, true);
        protocol.requireFinishPrefill(0);
        protocol.layerDone();
        protocol.requireCommit();
    }
}
