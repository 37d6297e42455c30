package io.arkvale.experiments.study;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.result.Observation;
import io.arkvale.experiments.run.OpenLab;
import io.arkvale.experiments.run.Pieces;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Runs jobs, as many at once as threads ask. Each of them has a lab of its own, which stays open for the next job; so does
 * the experiment of its last job, since making the texts takes time.
 */
public final class JobRunners implements AutoCloseable {
    /** Makes an experiment of a command line. */
    public interface Experiments {
        /**
         * The experiment in pieces.
         *
         * @param lab keeps the lab that they need
         * @throws UserException if the words are no experiment with observations
         */
        Pieces pieces(List<String> words, OpenLab lab);
    }

    private final Experiments experiments;
    private final int threads;
    private final UnaryOperator<String> placed;
    private final Deque<Runner> idle = new ConcurrentLinkedDeque<>();

    /**
     * Runners that have opened nothing yet.
     *
     * @param threads of each runner
     * @param placed where a file of the planning machine is here
     */
    public JobRunners(Experiments experiments, int threads, UnaryOperator<String> placed) {
        this.experiments = experiments;
        this.threads = threads;
        this.placed = placed;
    }

    /**
     * Runs a job on the calling thread.
     *
     * @throws UserException if it fails, or if what would run here is not what was planned
     */
    public Finished run(Job job) {
        var known = idle.pollFirst();
        var runner = known == null ? new Runner() : known;
        var start = System.nanoTime();
        try {
            return new Finished(runner.run(job), System.nanoTime() - start);
        } finally {
            idle.addFirst(runner);
        }
    }

    /** Closes all labs; no job may be running. */
    @Override
    public void close() {
        for (var runner = idle.pollFirst(); runner != null; runner = idle.pollFirst()) {
            runner.lab.close();
        }
    }

    private final class Runner {
        private final OpenLab lab = OpenLab.oneOfMany();
        private @Nullable Assignment assignment;
        private @Nullable Pieces pieces;

        List<Observation> run(Job job) {
            var wanted = new HashSet<>(job.wanted());
            var own = pieces(job.assignment());
            if (job.piece() >= own.count() || !new HashSet<>(own.places(job.piece())).containsAll(wanted)) {
                throw new UserException("a worker would observe something else than was planned: its program, model,"
                        + " backend or device is another; use the same on all machines, and name the backend");
            }
            return own.observe(job.piece(), wanted);
        }

        private Pieces pieces(Assignment asked) {
            var present = pieces;
            if (present != null && asked.equals(assignment)) {
                return present;
            }
            pieces = null;
            var words = new ArrayList<>(asked.words(placed));
            if (!words.contains("--threads")) {
                words.addAll(List.of("--threads", Integer.toString(threads)));
            }
            var made = experiments.pieces(words, lab);
            assignment = asked;
            pieces = made;
            return made;
        }
    }
}
