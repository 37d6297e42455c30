package io.arkvale.experiments.task.longbench;

import java.util.List;

/** Compares what a model says with one answer. */
@FunctionalInterface
interface Measure {
    /**
     * The score, from 0 to 1.
     *
     * @param classes names of all classes, of datasets that ask for one
     */
    double score(String said, String answer, List<String> classes);
}
