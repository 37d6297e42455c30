package io.arkvale.experiments.study;

import io.arkvale.experiments.result.Observation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What alike jobs take, tried on two of them under some of their cells. The first finds code that is not compiled and a
 * model that is not open, so it counts only where it is the only one.
 *
 * @param textMillis what a text takes before its cells, in milliseconds; 0 where it is counted in them
 * @param runMillis what a text takes under one cell, mean over the cells tried
 * @param tried cells that jobs have been run under
 */
record Sample(double textMillis, double runMillis, Map<Job, Set<String>> tried) {
    /** Of nothing. */
    static final Sample NONE = new Sample(0, 0, Map.of());

    /** Cells that a job is tried under. One that has no more is tried whole, and the text counts as part of its cells. */
    private static final int CELLS = 8;

    private static final double MILLISECOND = 1e6;

    /** Runs jobs of a group, of which there is at least one. */
    static Sample of(List<Job> jobs, JobRunners runners, Consumer<List<Observation>> done) {
        var tried = new HashMap<Job, Set<String>>();
        var first = spread(jobs.getFirst().cells(), CELLS);
        var cold = run(jobs.getFirst(), first, runners, done, tried);
        var job = jobs.get(Math.min(1, jobs.size() - 1));
        var cells = new ArrayList<>(left(job, tried).cells());
        if (cells.isEmpty()) {
            return new Sample(0, cold / first.size(), tried);
        }
        if (cells.size() <= CELLS) {
            return new Sample(0, run(job, cells, runners, done, tried) / cells.size(), tried);
        }
        // One cell alone, then several others with the same text: the difference is that of the cells.
        var alone = run(job, List.of(cells.removeFirst()), runners, done, tried);
        var others = spread(cells, CELLS);
        var run = Math.max(0, run(job, others, runners, done, tried) - alone) / (others.size() - 1);
        return new Sample(Math.max(0, alone - run), run, tried);
    }

    private static double run(
            Job job,
            List<String> cells,
            JobRunners runners,
            Consumer<List<Observation>> done,
            Map<Job, Set<String>> tried) {
        var finished = runners.run(job.under(cells));
        done.accept(finished.observations());
        tried.computeIfAbsent(job, key -> new HashSet<>()).addAll(cells);
        return finished.nanoseconds() / MILLISECOND;
    }

    /** So many cells, or all if there are fewer, from everywhere in the list. */
    private static List<String> spread(List<String> cells, int count) {
        var taken = Math.min(count, cells.size());
        return IntStream.range(0, taken)
                .mapToObj(i -> cells.get((int) ((long) i * cells.size() / taken)))
                .toList();
    }

    /** What is left of a job. */
    Job left(Job job) {
        return left(job, tried);
    }

    private static Job left(Job job, Map<Job, Set<String>> tried) {
        var ran = tried.getOrDefault(job, Set.of());
        return job.under(
                job.cells().stream().filter(cell -> !ran.contains(cell)).toList());
    }
}
