package io.arkvale.experiments.study;

import java.util.List;
import java.util.function.Consumer;

/** Who runs jobs. */
public interface Workers extends AutoCloseable {
    /**
     * Runs jobs in any order, and returns when all are done.
     *
     * @param done takes a job as soon as it is finished, once per job, on the calling thread
     * @throws io.arkvale.experiments.UserException if a job fails; what other jobs have observed until then was given
     */
    void run(List<Job> jobs, Consumer<Finished> done);

    @Override
    void close();
}
