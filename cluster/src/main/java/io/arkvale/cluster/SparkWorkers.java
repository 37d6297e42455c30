package io.arkvale.cluster;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.result.ObservationLine;
import io.arkvale.experiments.study.Finished;
import io.arkvale.experiments.study.Job;
import io.arkvale.experiments.study.Workers;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.jspecify.annotations.Nullable;
import scala.Function2;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/**
 * Executors of a Spark cluster. Every job is a task of Spark, so Spark runs it again where an executor is lost. What a task
 * has observed is handed over when it ends, not when all have ended.
 */
final class SparkWorkers implements Workers {
    private final JavaSparkContext spark;
    private final SentFiles files = new SentFiles();

    SparkWorkers(String master) {
        try {
            spark = SparkSettings.connect(master, "sweep");
        } catch (UserException e) {
            files.close();
            throw e;
        }
    }

    /** What the scheduler hands over: an outcome, or the end with or without a failure. */
    private record Event(
            @Nullable Outcome outcome, @Nullable Throwable failure) {
        boolean isEnd() {
            return outcome == null && failure == null;
        }

        Finished finished() {
            var lost = failure;
            if (lost != null) {
                throw new UserException("Spark gave the study up: " + lost.getMessage(), lost);
            }
            var made = Objects.requireNonNull(outcome, "the end has no observations");
            var wrong = made.failure();
            if (wrong != null) {
                throw new UserException(wrong);
            }
            return new Finished(
                    made.lines().stream().map(ObservationLine::parse).toList(), made.nanoseconds());
        }
    }

    @Override
    public void run(List<Job> jobs, Consumer<Finished> done) {
        jobs.stream()
                .flatMap(job -> job.assignment().files().values().stream())
                .distinct()
                .filter(file -> !files.has(file))
                .forEach(file -> spark.sc().addArchive(files.pack(file)));
        var events = new LinkedBlockingQueue<Event>();
        Thread.ofPlatform().daemon().name("arkvale-spark").start(() -> schedule(jobs, events));
        try {
            for (var event = events.take(); !event.isEnd(); event = events.take()) {
                done.accept(event.finished());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UserException("the study was interrupted", e);
        } finally {
            if (!spark.sc().isStopped()) { // as it is where the cluster has given up
                spark.cancelAllJobs();
            }
        }
    }

    private void schedule(List<Job> jobs, BlockingQueue<Event> events) {
        try {
            var partitions = spark.parallelize(jobs, jobs.size());
            Function2<Object, Outcome, BoxedUnit> handler = (partition, outcome) -> {
                events.add(new Event(outcome, null));
                return BoxedUnit.UNIT;
            };
            spark.sc()
                    .runJob(
                            partitions.rdd(),
                            new JobTask(files.names()),
                            CollectionConverters.asScala(IntStream.range(0, jobs.size())
                                            .boxed()
                                            .map(Object.class::cast)
                                            .toList())
                                    .toSeq(),
                            handler,
                            ClassTag$.MODULE$.apply(Outcome.class));
            events.add(new Event(null, null));
        } catch (Exception | Error e) { // whatever it is, the study must not wait for an end that never comes
            events.add(new Event(null, e));
        }
    }

    @Override
    public void close() {
        try (files) {
            spark.close();
            JobTask.close();
        }
    }
}
