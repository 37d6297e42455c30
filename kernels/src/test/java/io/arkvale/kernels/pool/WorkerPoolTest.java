package io.arkvale.kernels.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerPoolTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void runsEveryItemOnceAndShowsItsResult(int workers) {
        try (var pool = new WorkerPool(workers, "test")) {
            assertThat(pool.workers()).isEqualTo(workers);
            for (int items : new int[] {0, 1, 2, 3, 100}) {
                for (int round = 0; round < 300; round++) {
                    var results = new int[items];
                    int seed = round;
                    pool.forEach(items, (item, worker) -> results[item] += item + seed);
                    for (int item = 0; item < items; item++) {
                        assertThat(results[item]).isEqualTo(item + round);
                    }
                }
            }
        }
    }

    @Test
    void sharedPoolIsOneForEachNumberOfWorkersAndStaysOpen() {
        var pool = WorkerPool.shared(2);
        assertThat(WorkerPool.shared(2)).isSameAs(pool);
        assertThat(WorkerPool.shared(3)).isNotSameAs(pool);
        pool.close();
        var sum = new AtomicInteger();
        pool.forEach(10, (item, worker) -> sum.addAndGet(item));
        assertThat(sum).hasValue(45);
    }

    /** Items that wait for each other end only if each has a thread of its own. */
    @Test
    void itemsRunAtOnceWithDifferentWorkerNumbers() {
        int workers = 3;
        try (var pool = new WorkerPool(workers, "test")) {
            for (int round = 0; round < 20; round++) {
                var together = new CountDownLatch(workers);
                var used = new AtomicIntegerArray(workers);
                pool.forEach(workers, (item, worker) -> {
                    used.incrementAndGet(worker);
                    together.countDown();
                    awaitQuietly(together);
                });
                for (int worker = 0; worker < workers; worker++) {
                    assertThat(used.get(worker)).isEqualTo(1);
                }
            }
        }
    }

    /** The caller, done with its own item, waits for the other worker's. */
    @Test
    void returnsOnlyWhenTheLastItemHasEnded() {
        try (var pool = new WorkerPool(2, "test")) {
            for (int round = 0; round < 20; round++) {
                var together = new CountDownLatch(2);
                var ended = new AtomicInteger();
                pool.forEach(2, (item, worker) -> {
                    together.countDown();
                    awaitQuietly(together);
                    if (worker == 1) {
                        sleepQuietly();
                    }
                    ended.incrementAndGet();
                });
                assertThat(ended).hasValue(2);
            }
        }
    }

    @Test
    void workerNumbersAreNeverSharedAtTheSameTime() {
        try (var pool = new WorkerPool(4, "test")) {
            var busy = new AtomicIntegerArray(4);
            pool.forEach(2_000, (item, worker) -> {
                assertThat(busy.incrementAndGet(worker)).isEqualTo(1);
                Thread.onSpinWait();
                busy.decrementAndGet(worker);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void throwsWhatAnItemThrewAndStaysUsable(int workers) {
        try (var pool = new WorkerPool(workers, "test")) {
            for (int round = 0; round < 50; round++) {
                assertThatThrownBy(() -> pool.forEach(100, (item, worker) -> {
                            if (item == 40 || item == 41) {
                                throw new UnsupportedOperationException("item " + item);
                            }
                        }))
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageStartingWith("item 4");
                var done = new AtomicInteger();
                pool.forEach(10, (item, worker) -> done.incrementAndGet());
                assertThat(done).hasValue(10);
            }
        }
    }

    @Test
    void ofSeveralExceptionsTheLowestItemsIsThrown() {
        try (var pool = new WorkerPool(3, "test")) {
            var together = new CountDownLatch(3);
            assertThatThrownBy(() -> pool.forEach(3, (item, worker) -> {
                        together.countDown();
                        awaitQuietly(together);
                        throw new UnsupportedOperationException("item " + item);
                    }))
                    .hasMessage("item 0");
        }
    }

    @Test
    void leavesOutItemsAfterAFailure() {
        try (var pool = new WorkerPool(1, "test")) {
            var begun = new AtomicInteger();
            assertThatThrownBy(() -> pool.forEach(10, (item, worker) -> {
                        begun.incrementAndGet();
                        throw new AssertionError("first");
                    }))
                    .isInstanceOf(AssertionError.class);
            assertThat(begun).hasValue(1);
        }
    }

    @Test
    void callersTakeTurns() throws InterruptedException {
        try (var pool = new WorkerPool(2, "test")) {
            var inside = new AtomicInteger();
            var failures = ConcurrentHashMap.<Throwable>newKeySet();
            var callers = new ArrayList<Thread>();
            for (int caller = 0; caller < 3; caller++) {
                callers.add(Thread.ofPlatform().start(() -> {
                    try {
                        for (int round = 0; round < 20; round++) {
                            pool.forEach(2, (item, worker) -> {
                                assertThat(inside.incrementAndGet()).isLessThanOrEqualTo(2);
                                sleepQuietly();
                                inside.decrementAndGet();
                            });
                        }
                    } catch (Throwable failure) {
                        failures.add(failure);
                    }
                }));
            }
            for (var caller : callers) {
                caller.join();
            }
            assertThat(failures).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void refusesLoopsWithinLoops(int workers) {
        try (var pool = new WorkerPool(workers, "test")) {
            var inner = (WorkerPool.Task) (item, worker) -> {};
            assertThatThrownBy(() -> pool.forEach(4, (item, worker) -> pool.forEach(1, inner)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("forEach was called from an item of the same pool");
        }
    }

    @Test
    void aClosedPoolEndsItsThreadsAndRefusesWork() throws InterruptedException {
        var threads = ConcurrentHashMap.<Thread>newKeySet();
        var pool = new WorkerPool(3, "closing");
        var together = new CountDownLatch(3);
        pool.forEach(3, (item, worker) -> {
            threads.add(Thread.currentThread());
            together.countDown();
            awaitQuietly(together);
        });
        threads.remove(Thread.currentThread());
        assertThat(threads).hasSize(2).allMatch(Thread::isDaemon);
        assertThat(threads).extracting(Thread::getName).containsExactlyInAnyOrder("closing-1", "closing-2");
        pool.close();
        pool.close();
        for (var thread : threads) {
            thread.join();
        }
        assertThatThrownBy(() -> pool.forEach(1, (item, worker) -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the worker pool is closed");
    }

    /** An idle worker sleeps: its thread is parked, not running. */
    @Test
    void idleWorkersSleep() throws InterruptedException {
        var worker = new Thread[1];
        try (var pool = new WorkerPool(2, "idle")) {
            var together = new CountDownLatch(2);
            pool.forEach(2, (item, number) -> {
                if (number == 1) {
                    worker[0] = Thread.currentThread();
                }
                together.countDown();
                awaitQuietly(together);
            });
            while (worker[0].getState() != Thread.State.WAITING) {
                Thread.sleep(1);
            }
            // And it wakes up again.
            var again = new CountDownLatch(2);
            pool.forEach(2, (item, number) -> {
                again.countDown();
                awaitQuietly(again);
            });
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static void sleepQuietly() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }
}
