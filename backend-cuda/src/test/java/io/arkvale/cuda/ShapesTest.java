package io.arkvale.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.CapacityException;
import io.arkvale.api.InvalidArgumentException;
import io.arkvale.api.KvCache;
import io.arkvale.api.Sequence;
import io.arkvale.api.SequenceSpec;
import io.arkvale.cuda.kernel.KernelArguments.LeaveWindowsArguments;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the host tells the device of windows, and of budgets by layer and head group: tried with a driver that has no GPU. */
class ShapesTest {
    private final FakeDriver driver = new FakeDriver();
    private final CudaBackend backend = new CudaBackend("no GPU", CudaOptions.parse(Map.of()), driver);

    private static CacheSpec.Builder shape() {
        return CacheSpec.builder(2, 4, 2, 64).pageSize(4).headGroups(2);
    }

    private static void grow(KvCache cache, Sequence sequence, int tokens) {
        var queries = cache.allocateQueries(tokens);
        var keys = cache.allocateKeys(tokens);
        try (var step = cache.step(Batch.of(sequence, tokens))) {
            for (int layer = 0; layer < 2; layer++) {
                step.ingest(layer, new int[] {tokens}, keys, keys);
                step.finishPrefill(layer, queries);
            }
            step.commit();
        }
    }

    private List<List<Integer>> windowsLeft() {
        return driver.launches.stream()
                .filter(launch -> launch.kernel().equals("leaveWindows"))
                .map(launch -> List.of(
                        launch.number(LeaveWindowsArguments.class, "reach"),
                        launch.number(LeaveWindowsArguments.class, "length")))
                .toList();
    }

    @Test
    void pagesAreGivenUpWhenAStepIsCommittedThatMovesAWindowOn() {
        var settings = SequenceSpec.full();
        // With window 5 the pages of the last 9 tokens stay: from page 2 at 20 tokens, from page 3 at 21.
        var cache =
                backend.open(shape().window(0, 5).roomFor(settings, 22, 1, 20).build());
        var sequence = cache.begin(settings);
        grow(cache, sequence, 20);
        grow(cache, sequence, 1);
        grow(cache, sequence, 1);
        cache.synchronize();
        assertThat(windowsLeft()).containsExactly(List.of(0, 20), List.of(20, 21));
        assertThatThrownBy(() -> cache.truncate(sequence, 15))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessage(
                        "length is 15; allowed: 16 to the sequence's 22: at fewer tokens the window of a layer holds"
                                + " some that it has given up");
        cache.truncate(sequence, 16);
        assertThat(sequence.length()).isEqualTo(16);
    }

    @Test
    void aStepIsServedAsLongAsWindowsAndItsTokensHaveRoom() {
        var settings = SequenceSpec.full();
        // Each of two layers and head groups: the pages of 9 tokens, and of 4 more.
        var cache = backend.open(shape().window(5).deviceSlots(2 * 2 * 5).build());
        var sequence = cache.begin(settings);
        for (int step = 0; step < 20; step++) {
            grow(cache, sequence, 4);
        }
        assertThatThrownBy(() -> grow(cache, sequence, 12)).isInstanceOf(CapacityException.class);
        assertThat(sequence.length()).isEqualTo(80);
    }

    @Test
    void everyHeadGroupOfEveryLayerHasItsBudgetOnTheDevice() {
        var settings = SequenceSpec.builder(4)
                .budgetPages(6)
                .attendedPages(4)
                .sinkPages(1)
                .windowPages(1)
                .denseLayers(0)
                .groupBudget(1, 1, 9, 7)
                .build();
        var cache = (CudaCache)
                backend.open(shape().window(0, 5).roomFor(settings, 100, 2).build());
        var sequence = (CudaSequence) cache.begin(settings);
        var fork = (CudaSequence) cache.fork(sequence);
        cache.synchronize();
        for (var one : List.of(sequence, fork)) {
            var ints = ByteBuffer.wrap(driver.read(one.limits().budgets(), 8 * Integer.BYTES))
                    .order(ByteOrder.nativeOrder())
                    .asIntBuffer();
            var budgets = new int[8];
            ints.get(budgets);
            int none = SequenceSpec.NO_BUDGET;
            assertThat(budgets).containsExactly(none, 0, none, 0, 6, 3, 9, 6);
        }
        var uniform = (CudaSequence) cache.begin(SequenceSpec.full());
        assertThat(uniform.limits().budgets()).isZero();
    }

    @Test
    void whatASequenceHoldsOnTheDeviceIsFreedWithIt() {
        var settings =
                SequenceSpec.builder(4).budgetPages(6).layerBudget(1, 9, 7).build();
        var cache = backend.open(shape().window(0, 5).roomFor(settings, 100, 1).build());
        cache.begin(settings).close(); // takes the digests' memory, which the cache keeps
        var before = driver.live();
        cache.begin(settings).close();
        assertThat(driver.live()).isEqualTo(before);
        backend.close();
        assertThat(driver.live()).isEmpty();
    }
}
