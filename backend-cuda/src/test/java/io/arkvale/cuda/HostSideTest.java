package io.arkvale.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.arkvale.api.BackendLostException;
import io.arkvale.api.BackendUnavailableException;
import io.arkvale.api.Batch;
import io.arkvale.api.CacheSpec;
import io.arkvale.api.CapacityException;
import io.arkvale.api.ClosedException;
import io.arkvale.api.ElementType;
import io.arkvale.api.KvCache;
import io.arkvale.api.NonFiniteException;
import io.arkvale.api.SequenceSpec;
import io.arkvale.api.Step;
import io.arkvale.api.Tensor;
import io.arkvale.cuda.kernel.KernelArguments.AppendArguments;
import io.arkvale.cuda.kernel.KernelArguments.EstimateMeanArguments;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.Test;

/** What the host does when threads meet, memory runs short or the device is lost: tried with a driver that has no GPU. */
class HostSideTest {
    private static final CacheSpec SMALL = CacheSpec.builder(2, 4, 2, 64)
            .elementType(ElementType.F32)
            .pageSize(4)
            .deviceSlots(64)
            .hostSlots(64)
            .build();

    private final FakeDriver driver = new FakeDriver();
    private final CudaBackend backend = new CudaBackend("no GPU", CudaOptions.parse(Map.of()), driver);

    private static SequenceSpec limited() {
        return SequenceSpec.builder(4)
                .budgetPages(3)
                .sinkPages(1)
                .windowPages(1)
                .denseLayers(0)
                .build();
    }

    /** Starts a call in another thread and returns once it is over or waits for this one. */
    private static Thread beside(Runnable call, AtomicReference<Throwable> failure) {
        var thread = new Thread(() -> {
            try {
                call.run();
            } catch (Throwable e) {
                failure.set(e);
            }
        });
        thread.start();
        while (thread.isAlive()
                && thread.getState() != Thread.State.WAITING
                && thread.getState() != Thread.State.BLOCKED) {
            Thread.onSpinWait();
        }
        return thread;
    }

    @Test
    void memoryAskedByAnotherThreadLeavesWhatIsBeingUploadedAlone() throws InterruptedException {
        var cache = backend.open(SMALL);
        var first = cache.allocateKeys(1);
        var second = cache.allocateKeys(1);
        var failure = new AtomicReference<Throwable>();
        var asking = new AtomicReference<Thread>();
        driver.before = call -> {
            if (call.equals("cuMemcpyHtoDAsync") && asking.get() == null) {
                asking.set(Thread.currentThread()); // once, although the other thread may get here too
                asking.set(beside(backend::memory, failure));
            }
        };
        first.copyFrom(0, 1, filled(1));
        second.copyFrom(0, 1, filled(2));
        asking.get().join();
        assertThat(failure.get()).isNull();
        assertThat(contents(first)).isEqualTo(filled(1).toArray(ValueLayout.JAVA_FLOAT));
        assertThat(contents(second)).isEqualTo(filled(2).toArray(ValueLayout.JAVA_FLOAT));
    }

    private static MemorySegment filled(float value) {
        var floats = new float[2 * 64];
        Arrays.fill(floats, value);
        return MemorySegment.ofArray(floats);
    }

    private static float[] contents(Tensor tensor) {
        var floats = new float[2 * 64];
        tensor.copyTo(0, 1, MemorySegment.ofArray(floats));
        return floats;
    }

    @Test
    void aStepWithoutRoomForItsRecordsLeavesTheSequencesAlone() {
        var manyLayers = CacheSpec.builder(30_000, 1, 1, 1)
                .pageSize(1)
                .deviceSlots(2_000_000)
                .hostSlots(16)
                .build();
        var cache = backend.open(manyLayers);
        var sequences = Stream.generate(() -> cache.begin(SequenceSpec.full()))
                .limit(10)
                .toList();
        driver.answer("cuMemHostRegister", CUresult.CUDA_ERROR_OUT_OF_MEMORY);
        assertThatThrownBy(() -> cache.step(Batch.decode(sequences))).isInstanceOf(CapacityException.class);
        assertThat(sequences).allMatch(sequence -> sequence.length() == 0);
        driver.answer("cuMemHostRegister", CUresult.CUDA_SUCCESS);
        cache.step(Batch.decode(sequences)).close();
    }

    @Test
    void aStepWithoutRoomForItsBackupsTakesNone() {
        var manyPages = CacheSpec.builder(64, 1, 1, 1)
                .pageSize(1)
                .deviceSlots(400_000)
                .hostSlots(400_000)
                .build();
        var cache = backend.open(manyPages);
        var sequence = cache.begin(SequenceSpec.builder(1)
                .budgetPages(4)
                .sinkPages(1)
                .windowPages(1)
                .denseLayers(0)
                .build());
        driver.answer("cuMemHostRegister", CUresult.CUDA_ERROR_OUT_OF_MEMORY);
        assertThatThrownBy(() -> cache.step(Batch.of(sequence, 5_000))).isInstanceOf(CapacityException.class);
        assertThat(sequence.length()).isZero();
        assertThat(cache.memory().usedHostSlots()).isZero();
        driver.answer("cuMemHostRegister", CUresult.CUDA_SUCCESS);
        cache.step(Batch.of(sequence, 5_000)).close();
    }

    @Test
    void withoutMemoryForAContextTheBackendIsUnavailable() {
        var full = new FakeDriver();
        full.answer("cuDevicePrimaryCtxRetain", CUresult.CUDA_ERROR_OUT_OF_MEMORY);
        assertThatThrownBy(() -> new CudaBackend("no GPU", CudaOptions.parse(Map.of()), full))
                .isInstanceOf(BackendUnavailableException.class)
                .hasMessageContaining("no memory left");
        assertThat(full.live()).isEmpty();
    }

    @Test
    void withoutMemoryForKernelsACacheDoesNotOpenAndTheOthersGoOn() {
        driver.answer("cuModuleLoadData", CUresult.CUDA_ERROR_OUT_OF_MEMORY);
        assertThatThrownBy(() -> backend.open(SMALL)).isInstanceOf(CapacityException.class);
        driver.answer("cuModuleLoadData", CUresult.CUDA_SUCCESS);
        var cache = backend.open(SMALL);
        driver.answer("cuStreamCreate", CUresult.CUDA_ERROR_OUT_OF_MEMORY);
        var before = driver.live();
        assertThatThrownBy(() -> backend.open(SMALL)).isInstanceOf(CapacityException.class);
        assertThat(driver.live()).isEqualTo(before);
        driver.answer("cuEventCreate", CUresult.CUDA_ERROR_OUT_OF_MEMORY);
        driver.answer("cuStreamCreate", CUresult.CUDA_SUCCESS);
        assertThatThrownBy(() -> backend.open(SMALL)).isInstanceOf(CapacityException.class);
        assertThat(driver.live()).isEqualTo(before);
        decode(cache, 1);
    }

    @Test
    void noKernelIsLoadedOnceACacheIsOpen() {
        var cache = backend.open(SMALL);
        driver.answer("cuModuleLoadData", CUresult.CUDA_ERROR_OUT_OF_MEMORY);
        driver.answer("cuModuleGetFunction", CUresult.CUDA_ERROR_OUT_OF_MEMORY);
        decode(cache, 20);
    }

    /** So many steps of one token. */
    private static void decode(KvCache cache, int steps) {
        var sequence = cache.begin(limited());
        var queries = cache.allocateQueries(1);
        var keys = cache.allocateKeys(1);
        for (int i = 0; i < steps; i++) {
            try (var step = cache.step(Batch.decode(sequence))) {
                step.decode(0, queries, keys, keys, queries);
                step.decode(1, queries, keys, keys, queries);
                step.commit();
            }
        }
    }

    @Test
    void theAttentionOfADecodeIsLaunchedBeforeItsAppendIsOver() {
        var cache = backend.open(SMALL);
        decode(cache, 1);
        cache.synchronize();
        assertThat(driver.calls("early launch")).isEqualTo(2);
    }

    @Test
    void aCacheThatFindsTheDeviceLostWhenItClosesFreesEverything() {
        var before = driver.live();
        var cache = backend.open(SMALL);
        decode(cache, 20);
        driver.answer("cuStreamSynchronize", CUresult.CUDA_ERROR_ILLEGAL_ADDRESS);
        driver.answer("cuMemFree", CUresult.CUDA_ERROR_ILLEGAL_ADDRESS);
        driver.answer("cuMemHostUnregister", CUresult.CUDA_ERROR_ILLEGAL_ADDRESS);
        assertThatThrownBy(cache::close).isInstanceOf(BackendLostException.class);
        cache.close();
        backend.close();
        assertThat(driver.live()).isEmpty();
        assertThat(before).containsOnlyKeys("context");
    }

    @Test
    void aBackendThatClosesWaitsForACacheThatItsOwnerCloses() throws InterruptedException {
        var cache = backend.open(SMALL);
        decode(cache, 5);
        var failure = new AtomicReference<Throwable>();
        var other = new AtomicReference<Thread>();
        var leftAtTheEnd = new AtomicReference<Map<String, Integer>>();
        driver.before = call -> {
            if (call.equals("cuStreamSynchronize") && other.get() == null) {
                other.set(Thread.currentThread());
                other.set(beside(backend::close, failure));
            } else if (call.equals("cuDevicePrimaryCtxRelease")) {
                leftAtTheEnd.set(driver.live());
            }
        };
        cache.close();
        other.get().join();
        assertThat(failure.get()).isNull();
        assertThat(leftAtTheEnd.get()).containsOnlyKeys("context");
        assertThat(driver.live()).isEmpty();
    }

    @Test
    void aCacheThatOpensWhileTheBackendClosesIsClosedToo() throws InterruptedException {
        var failure = new AtomicReference<Throwable>();
        var other = new AtomicReference<Thread>();
        driver.before = call -> {
            if (call.equals("cuMemAlloc") && other.get() == null) {
                other.set(Thread.currentThread());
                other.set(beside(backend::close, failure));
            }
        };
        var cache = backend.open(SMALL);
        other.get().join();
        assertThat(failure.get()).isNull();
        assertThatThrownBy(() -> cache.begin(limited())).isInstanceOf(ClosedException.class);
        assertThat(driver.live()).isEmpty();
    }

    @Test
    void theTensorOfEstimateKeepsItsScoresUntilItsNextCall() {
        var cache = backend.open(SMALL);
        var sequence = cache.begin(limited());
        var queries = cache.allocateQueries(20);
        var keys = cache.allocateKeys(20);
        try (var step = cache.step(Batch.of(sequence, 20))) {
            for (int layer = 0; layer < 2; layer++) {
                step.prefill(layer, new int[] {20}, queries, keys, keys, queries);
                step.finishPrefill(layer, queries);
            }
            step.commit();
        }
        driver.kernels = launch -> {
            if (launch.kernel().startsWith("estimateMean")) {
                driver.write(
                        launch.address(EstimateMeanArguments.class, "scores"),
                        new byte[] {(byte) driver.launches.size()});
            }
        };
        try (var step = cache.step(Batch.decode(sequence))) {
            step.append(0, keys, keys);
            var scores = step.estimate(0, queries);
            var written = first(scores);
            assertThat(written).isNotZero();
            step.select(0);
            step.recall(0);
            step.attend(0, queries, queries);
            step.decode(1, queries, keys, keys, queries);
            assertThat(first(scores)).isEqualTo(written);
        }
    }

    private static float first(Tensor scores) {
        var row = new float[1];
        scores.copyTo(0, 1, MemorySegment.ofArray(row));
        return row[0];
    }

    @Test
    void theSequencesThatSucceededAreReportedBesideADeferredError() {
        var cache = backend.open(SMALL);
        var bad = cache.begin(limited());
        var good = cache.begin(limited());
        var queries = cache.allocateQueries(2);
        var keys = cache.allocateKeys(2);
        driver.kernels = launch -> {
            if (launch.kernel().startsWith("append")) {
                driver.write(launch.address(AppendArguments.class, "flags"), new byte[] {1});
            }
        };
        try (Step step = cache.step(Batch.decode(bad, good))) {
            step.decode(0, queries, keys, keys, queries);
            step.decode(1, queries, keys, keys, queries);
            var error = catchThrowableOfType(NonFiniteException.class, step::commit);
            assertThat(error.poisoned()).containsExactly(bad);
            assertThat(error.report())
                    .hasValueSatisfying(report -> assertThat(report.sequences()).hasSize(2));
        }
        assertThat(good.length()).isOne();
    }
}
