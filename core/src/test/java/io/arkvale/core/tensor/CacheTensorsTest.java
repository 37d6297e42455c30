package io.arkvale.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.CapacityException;
import io.arkvale.api.ClosedException;
import io.arkvale.api.ElementType;
import io.arkvale.api.ForeignObjectException;
import io.arkvale.api.InvalidArgumentException;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class CacheTensorsTest {
    private static final CacheSpec SPEC = CacheSpec.builder(1, 4, 2, 8)
            .elementType(ElementType.F16)
            .deviceSlots(1)
            .build();

    @AutoClose
    private final CacheTensors<HostMemory> tensors = new CacheTensors<>(SPEC, new Guard(), HostMemory::new);

    @Test
    void rowsGoInAndOut() {
        var tensor = tensors.allocate(ElementType.F32, 3, 1, 2);
        tensor.copyFrom(1, 2, MemorySegment.ofArray(new float[] {1, 2, 3, 4}));
        var out = new float[6];
        tensor.copyTo(MemorySegment.ofArray(out));

        assertThat(out).containsExactly(0, 0, 1, 2, 3, 4);
        assertThatThrownBy(() -> tensor.copyTo(2, 2, MemorySegment.ofArray(out)))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage("rows 2 to 4 exceed the tensor; allowed: 0 to 3");
        assertThatThrownBy(() -> tensor.copyTo(0, 2, MemorySegment.ofArray(new float[3])))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage("target has 12 bytes; allowed: at least 16");
    }

    @Test
    void onlyItsOwnOpenTensorsOfTheRightShapePass() {
        var queries = tensors.allocate(ElementType.F16, 3, 4, 8);

        assertThat(tensors.requireQueries("queries", queries, 2)).isEqualTo(((CacheTensor<?>) queries).memory());
        assertThatThrownBy(() -> tensors.requireQueries("queries", queries, 4))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage("queries is F16 [3, 4, 8]; allowed: F16 [at least 4, 4, 8]");
        assertThatThrownBy(() -> tensors.requireKeys("keys", queries, 2)).isInstanceOf(InvalidArgumentException.class);
        try (var others = new CacheTensors<>(SPEC, new Guard(), HostMemory::new)) {
            assertThatThrownBy(() -> others.requireQueries("queries", queries, 2))
                    .isInstanceOf(ForeignObjectException.class);
        }
        queries.close();
        assertThatThrownBy(() -> tensors.requireQueries("queries", queries, 2)).isInstanceOf(ClosedException.class);
    }

    @Test
    void bytesAreThoseOfOpenTensors() {
        var first = tensors.allocate(ElementType.F16, 3, 4, 8);
        var second = tensors.allocate(ElementType.F32, 1, 1, 1);
        assertThat(tensors.bytes()).isEqualTo(3 * 4 * 8 * 2 + 4);
        first.close();
        first.close();
        assertThat(tensors.bytes()).isEqualTo(4);
        tensors.close();
        assertThat(tensors.bytes()).isZero();
        assertThatThrownBy(() -> second.copyTo(MemorySegment.ofArray(new float[1])))
                .isInstanceOf(ClosedException.class);
    }

    @Test
    void whatCannotBeAllocatedIsRefused() {
        assertThatThrownBy(() -> tensors.allocate(ElementType.BF16, 1, 1, 1))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage("elementType is BF16; allowed: F16, F32");
        assertThatThrownBy(() -> tensors.allocate(ElementType.F32, 1, 0, 1))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage("the shape is [1, 0, 1]; allowed: each at least 1");
        int most = Integer.MAX_VALUE;
        assertThatThrownBy(() -> tensors.allocate(ElementType.F32, most, most, most))
                .isInstanceOf(CapacityException.class);
        assertThat(tensors.bytes()).isZero();
    }
}
