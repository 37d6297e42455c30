package io.arkvale.experiments.study;

import io.arkvale.experiments.UserException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Threads of this process, each with a lab of its own. */
public final class LocalWorkers implements Workers {
    private final int count;
    private final JobRunners runners;

    /**
     * Workers that begin with the first job.
     *
     * @param count how many, at least 1
     * @param runners closed with this
     */
    public LocalWorkers(int count, JobRunners runners) {
        this.count = count;
        this.runners = runners;
    }

    /**
     * As many workers as this machine has processors for and memory.
     *
     * @param bytes the most that one takes
     * @param memory what there is for all, in bytes
     */
    public static int fitting(int processors, long bytes, long memory) {
        return Math.clamp(memory / Math.max(1, bytes), 1, processors);
    }

    @Override
    public void run(List<Job> jobs, Consumer<Finished> done) {
        var waiting = new LinkedBlockingQueue<Runnable>();
        var threads = new ThreadPoolExecutor(count, count, 0, TimeUnit.SECONDS, waiting);
        try {
            var results = new ExecutorCompletionService<Finished>(threads);
            jobs.forEach(job -> results.submit(() -> runners.run(job)));
            for (int i = 0; i < jobs.size(); i++) {
                done.accept(results.take().get());
            }
        } catch (ExecutionException e) {
            var cause = e.getCause();
            if (cause instanceof RuntimeException failure) {
                throw failure;
            }
            if (cause instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException("a job threw what it does not declare", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("the study was interrupted", e);
        } finally {
            // Jobs that have begun end by themselves: a lab is closed by nobody while it computes.
            waiting.clear();
            threads.close();
        }
    }

    @Override
    public void close() {
        runners.close();
    }
}
