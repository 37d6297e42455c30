package io.arkvale.core.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.CacheSpec;
import io.arkvale.api.Capabilities;
import io.arkvale.api.Capabilities.Feature;
import io.arkvale.api.CapacityException;
import io.arkvale.api.ClosedException;
import io.arkvale.api.ElementType;
import io.arkvale.api.ForeignObjectException;
import io.arkvale.api.InvalidArgumentException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class CacheTensorsTest {
    private static final CacheSpec SPEC = CacheSpec.builder(1, 4, 2, 8)
            .elementType(ElementType.F16)
            .deviceSlots(1)
            .build();

    @AutoClose
    private final CacheTensors<HostMemory> tensors = tensors();

    private static CacheTensors<HostMemory> tensors() {
        var capabilities = Capabilities.builder().features(Feature.HOST_TENSORS).build();
        return new CacheTensors<>(SPEC, capabilities, new Guard(), new HostAllocator());
    }

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

        assertThat(tensors.requireQueries("queries", queries, 2)).isEqualTo(((CacheTensor<?>) queries).deviceMemory());
        assertThatThrownBy(() -> tensors.requireQueries("queries", queries, 4))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage("queries is F16 [3, 4, 8]; allowed: F16 [at least 4, 4, 8]");
        assertThatThrownBy(() -> tensors.requireKeys("keys", queries, 2)).isInstanceOf(InvalidArgumentException.class);
        try (var others = tensors()) {
            assertThatThrownBy(() -> others.requireQueries("queries", queries, 2))
                    .isInstanceOf(ForeignObjectException.class);
        }
        queries.close();
        assertThatThrownBy(() -> tensors.requireQueries("queries", queries, 2)).isInstanceOf(ClosedException.class);
    }

    @Test
    void wrappedRowsLieInTheCallersMemory() {
        try (var arena = Arena.ofShared()) {
            var memory = arena.allocate(10 * Float.BYTES, Float.BYTES);
            var tensor = tensors.wrap(memory, ElementType.F32, 2, 1, 3, 5 * Float.BYTES);
            tensor.copyFrom(MemorySegment.ofArray(new float[] {1, 2, 3, 4, 5, 6}));

            assertThat(memory.toArray(ValueLayout.JAVA_FLOAT)).containsExactly(1, 2, 3, 0, 0, 4, 5, 6, 0, 0);
            assertThat(tensors.bytes()).isZero();
            tensor.close();
            assertThat(memory.get(ValueLayout.JAVA_FLOAT, 0)).isEqualTo(1);
        }
    }

    @Test
    void memoryThatDoesNotFitIsRefused() {
        try (var arena = Arena.ofShared()) {
            var memory = arena.allocate(10 * Float.BYTES, Float.BYTES);
            assertThatThrownBy(() -> tensors.wrap(memory, ElementType.F32, 3, 1, 3, 4 * Float.BYTES))
                    .isInstanceOf(InvalidArgumentException.class)
                    .hasMessage("the memory has 40 bytes; allowed: at least 44");
            assertThatThrownBy(() -> tensors.wrap(memory, ElementType.F32, 2, 1, 3, 13))
                    .isInstanceOf(InvalidArgumentException.class)
                    .hasMessage("rowStride is 13; allowed: multiples of 4 from 12");
        }
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
