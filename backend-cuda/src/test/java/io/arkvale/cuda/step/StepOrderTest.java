package io.arkvale.cuda.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.CallOrderException;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.cuda.step.StepOrder.State;
import org.junit.jupiter.api.Test;

class StepOrderTest {
    @Test
    void theFiveStepsComeInOrder() {
        var order = new StepOrder(1, new int[] {1, 1});
        order.requireDecode("append", 0);
        order.reach(State.APPEND);
        assertThatThrownBy(() -> order.requireSelect(0, false)).isInstanceOf(CallOrderException.class);
        assertThatCode(() -> order.requireSelect(0, true)).doesNotThrowAnyException();
        order.requireEstimate(0);
        order.reach(State.ESTIMATE);
        order.requireEstimate(0);
        order.requireSelect(0, false);
        order.reach(State.SELECT);
        assertThatThrownBy(() -> order.requireAttend(0)).isInstanceOf(CallOrderException.class);
        order.requireRecall(0);
        order.reach(State.RECALL);
        order.requireAttend(0);
        assertThatThrownBy(order::requireCommit).isInstanceOf(CallOrderException.class);
        order.endLayer();
        order.requireCommit();
    }

    @Test
    void aPrefetchedLayerIsOnlyAppendedToAndAttended() {
        var order = new StepOrder(2, new int[] {1});
        order.requirePrefetch(1);
        order.addPrefetch(1);
        assertThatThrownBy(() -> order.requirePrefetch(1)).isInstanceOf(CallOrderException.class);
        order.endLayer();
        order.requireDecode("append", 1);
        order.reach(State.APPEND);
        assertThatThrownBy(() -> order.requireEstimate(1)).isInstanceOf(CallOrderException.class);
        order.requireAttend(1);
    }

    @Test
    void chunksFillTheTokensExactly() {
        var order = new StepOrder(1, new int[] {3, 2});
        assertThatThrownBy(() -> order.requireDecode("decode", 0)).isInstanceOf(CallOrderException.class);
        assertThatThrownBy(() -> order.requireChunk(0, new int[] {4, 0}, State.PREFILL))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("0 to 3");
        assertThatThrownBy(() -> order.requireChunk(0, new int[] {0, 0}, State.PREFILL))
                .isInstanceOf(InvalidArgumentException.class);
        order.requireChunk(0, new int[] {2, 2}, State.PREFILL);
        order.addChunk(new int[] {2, 2}, State.PREFILL);
        assertThat(order.stored(0, 0)).isEqualTo(2);
        assertThatThrownBy(() -> order.requireChunk(0, new int[] {1, 0}, State.INGEST))
                .isInstanceOf(CallOrderException.class);
        assertThatThrownBy(() -> order.requireFinishPrefill(0))
                .isInstanceOf(CallOrderException.class)
                .hasMessageContaining("2 of its 3");
        order.addChunk(new int[] {1, 0}, State.PREFILL);
        order.requireFinishPrefill(0);
        order.endLayer();
        assertThat(order.stored(0, 1)).isEqualTo(2);
    }
}
