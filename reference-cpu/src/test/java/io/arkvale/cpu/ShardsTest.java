package io.arkvale.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.Backend;
import io.arkvale.api.Backends;
import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.ElementType;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.SequenceSpec;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cache over shards gives what one cache of the same head groups gives. */
class ShardsTest {
    private static final int LAYERS = 2;
    private static final int QUERY_HEADS = 12;
    private static final int KV_HEADS = 6;
    private static final int GROUPS = 3;
    private static final int HEAD_DIM = 16;
    private static final int PROMPT = 70;
    private static final int STEPS = 12;

    @ParameterizedTest
    @ValueSource(strings = {"cpu,cpu", "cpu,cpu,cpu", "cpu:threads=1,cpu,cpu,cpu", "cpu"})
    void outputsAndPagesAreThoseOfOneCache(String over) {
        try (var one = Backends.create("cpu", Map.of());
                var sharded = Backends.create("shards", Map.of("over", over))) {
            assertThat(run(sharded)).isEqualTo(run(one));
        }
    }

    /** Every output and every choice of pages, in their order. */
    private static List<Object> run(Backend backend) {
        var seen = new ArrayList<>();
        var settings = SequenceSpec.builder(8).budgetTokens(48).denseLayers(0).build();
        try (var cache = backend.open(CacheSpec.builder(LAYERS, QUERY_HEADS, KV_HEADS, HEAD_DIM)
                .elementType(ElementType.F32)
                .pageSize(8)
                .headGroups(GROUPS)
                .roomFor(settings, PROMPT + STEPS, 1)
                .build())) {
            var random = new Random(3);
            var sequence = cache.begin(settings);
            try (var queries = cache.allocateQueries(PROMPT);
                    var keys = cache.allocateKeys(PROMPT);
                    var values = cache.allocateKeys(PROMPT);
                    var output = cache.allocateQueries(PROMPT)) {
                for (int i = 0; i <= STEPS; i++) {
                    int rows = i == 0 ? PROMPT : 1;
                    var step = cache.step(i == 0 ? Batch.of(sequence, PROMPT) : Batch.decode(List.of(sequence)));
                    for (int layer = 0; layer < LAYERS; layer++) {
                        for (var tensor : List.of(queries, keys, values)) {
                            tensor.copyFrom(0, rows, numbers(random, rows * tensor.heads() * HEAD_DIM));
                        }
                        if (i == 0) {
                            step.prefill(layer, new int[] {PROMPT}, queries, keys, values, output);
                            step.finishPrefill(layer, queries);
                        } else {
                            step.decode(layer, queries, keys, values, output);
                        }
                        var numbers = new float[rows * QUERY_HEADS * HEAD_DIM];
                        output.copyTo(0, rows, MemorySegment.ofArray(numbers));
                        seen.add(numbers);
                        for (int group = 0; group < GROUPS; group++) {
                            seen.add(cache.view().attendedPages(sequence, layer, group));
                        }
                    }
                    seen.add(step.commit().sequences());
                }
            }
            seen.add(cache.memory().usedDeviceSlots());
            seen.add(cache.stats().recalls());
        }
        return comparable(seen);
    }

    private static MemorySegment numbers(Random random, int count) {
        var numbers = new float[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (float) random.nextGaussian();
        }
        return MemorySegment.ofArray(numbers);
    }

    private static List<Object> comparable(List<Object> seen) {
        return seen.stream()
                .<Object>map(one -> switch (one) {
                    case float[] numbers -> List.of(Arrays.toString(numbers));
                    case int[] pages -> List.of(Arrays.toString(pages));
                    default -> one;
                })
                .toList();
    }

    @Test
    void whatItIsOverIsNamedWithCare() {
        for (var over : List.of("", "cpu,", "cpu,shards", "nothing", "cpu:threads")) {
            assertThatThrownBy(() -> Backends.create("shards", Map.of("over", over)))
                    .as(over)
                    .isInstanceOf(InvalidArgumentException.class)
                    .hasMessageContaining("backend option 'over' is");
        }
    }

    @Test
    void shardsStoreAlike() {
        try (var coarse = Backends.create("shards", Map.of("over", "cpu:store=int8,cpu:store=int8"));
                var cache = coarse.open(CacheSpec.builder(1, 2, 2, HEAD_DIM)
                        .headGroups(2)
                        .deviceSlots(4)
                        .build())) {
            assertThat(cache.slotBytes()).isLessThan(cache.spec().slotBytes());
        }
        assertThatThrownBy(() -> Backends.create("shards", Map.of("over", "cpu,cpu:store=int8")))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage(
                        "head groups are spread over backends that store keys and values in other forms; allowed: the"
                                + " same form on each");
    }
}
