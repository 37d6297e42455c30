package io.arkvale.core.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.Sequence;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShardedSequenceTest {
    private final List<String> closed = new ArrayList<>();

    /** A part that can only be closed, which raises an error if it is to. */
    private Sequence part(String name, boolean fails) {
        return (Sequence) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Sequence.class}, (proxy, method, arguments) -> {
                    closed.add(name);
                    if (fails) {
                        throw new IllegalStateException(name);
                    }
                    return null;
                });
    }

    @Test
    void allPartsAreClosedThoughSomeFail() {
        var parts = List.of(part("first", true), part("second", false), part("third", true));

        assertThatThrownBy(() -> ShardedSequence.closeAll(parts))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("first")
                .satisfies(error -> assertThat(error.getSuppressed())
                        .singleElement()
                        .satisfies(other -> assertThat(other).hasMessage("third")));
        assertThat(closed).containsExactly("first", "second", "third");
    }
}
