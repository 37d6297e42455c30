package io.arkvale.cluster;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.cli.Main;
import io.arkvale.experiments.result.ObservationLine;
import io.arkvale.experiments.study.Job;
import io.arkvale.experiments.study.JobRunners;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;
import org.apache.spark.TaskContext;
import org.jspecify.annotations.Nullable;
import scala.collection.Iterator;
import scala.runtime.AbstractFunction2;

/** Runs the one job of a partition, on an executor. */
final class JobTask extends AbstractFunction2<TaskContext, Iterator<Job>, Outcome> implements Serializable {
    private static final long serialVersionUID = 1L;

    /** Those of this executor, which stay open from job to job. */
    private static @Nullable JobRunners runners;

    private static @Nullable String application;

    private final TreeMap<String, String> files;

    /**
     * A task.
     *
     * @param files of the machine that planned, with their places among the files that Spark has brought
     */
    JobTask(Map<String, String> files) {
        this.files = new TreeMap<>(files);
    }

    @Override
    public Outcome apply(TaskContext context, Iterator<Job> jobs) {
        try {
            var finished = runners(files).run(jobs.next());
            var lines = new ArrayList<String>();
            finished.observations().forEach(observation -> lines.add(ObservationLine.of(observation)));
            return new Outcome(lines, finished.nanoseconds(), null);
        } catch (UserException e) {
            return new Outcome(new ArrayList<>(), 0, e.getMessage());
        }
    }

    private static synchronized JobRunners runners(Map<String, String> files) {
        var conf = SparkEnv.get().conf();
        var present = runners;
        if (present != null && conf.getAppId().equals(application)) {
            return present;
        }
        close();
        var made = new JobRunners(
                Main.experiments(),
                conf.getInt("spark.task.cpus", 1),
                file -> Path.of(SparkFiles.getRootDirectory())
                        .resolve(files.get(file))
                        .toString());
        runners = made;
        application = conf.getAppId();
        return made;
    }

    /** Closes the labs of this process, where driver and executor are one. */
    static synchronized void close() {
        if (runners != null) {
            runners.close();
            runners = null;
        }
    }
}
