package io.arkvale.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class BatchTest {
    /** A sequence is only compared by identity here. */
    private record Text(SequenceSpec spec, int length, boolean isPoisoned) implements Sequence {
        Text() {
            this(SequenceSpec.full(), 0, false);
        }

        @Override
        public void close() {}
    }

    @Test
    void rowsFollowTheSequences() {
        var batch = new Batch(List.of(new Batch.Entry(new Text(), 3), new Batch.Entry(new Text(), 1)));

        assertThat(batch.rows()).isEqualTo(4);
        assertThat(batch.tokens()).containsExactly(3, 1);
        assertThat(Batch.decode(new Text(), new Text()).tokens()).containsExactly(1, 1);
    }

    @Test
    void rejectsEmptyAndRepeatedMembers() {
        var text = new Text();

        assertThatThrownBy(() -> Batch.decode(text, text))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage("a batch names the same sequence twice; name each once");
        assertThatThrownBy(() -> Batch.decode(List.of())).isInstanceOf(InvalidArgumentException.class);
        assertThatThrownBy(() -> Batch.of(text, 0)).hasMessage("tokens is 0; allowed: 1 to 2147483647");
    }

    @Test
    void rejectsMoreRowsThanAnIntHolds() {
        var half = new Batch.Entry(new Text(), 1 << 30);

        assertThatThrownBy(() -> new Batch(List.of(half, new Batch.Entry(new Text(), 1 << 30))))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageStartingWith("tokens of a batch is 2147483648");
    }
}
