package io.arkvale.experiments.run;

import io.arkvale.experiments.UserException;
import io.arkvale.experiments.plan.Protocol;
import io.arkvale.experiments.task.Task;
import java.util.SplittableRandom;

/** How much filler makes a task's prompts as long as wanted, in a model's own tokens. */
public final class FillerLength {
    /** Guesses; each takes the last one's characters per token. */
    private static final int GUESSES = 12;

    private FillerLength() {}

    /**
     * Filler characters with which the longest prompt, questions and answers included, has at most so many tokens, and
     * about that many.
     *
     * @param tokens at least 1
     * @throws UserException if the task's prompts are longer without filler
     */
    public static int within(int tokens, Lab lab, Task task, int samples, long seed, Protocol protocol) {
        var examiner = new Examiner(lab, protocol);
        int best = 0;
        int length = tokens;
        int found = 0;
        for (int guess = 0; guess < GUESSES && length >= 1; guess++) {
            found = longest(lab, examiner, task, length, samples, seed);
            if (found <= tokens) {
                best = Math.max(best, length);
            }
            int missing = tokens - found;
            int step = (int) Math.floor(missing * ((double) length / found));
            if (step == 0 || (found <= tokens && length + step <= best)) {
                break;
            }
            length = Math.addExact(length, step);
        }
        if (best == 0) {
            throw new UserException("--prompt-tokens is " + tokens + ", but a prompt of " + task.name()
                    + " with little filler has some " + found + " tokens already");
        }
        return best;
    }

    private static int longest(Lab lab, Examiner examiner, Task task, int length, int samples, long seed) {
        return task.episodes(length, samples, new SplittableRandom(seed), lab).stream()
                .flatMap(episode -> examiner.sittings(episode).stream())
                .mapToInt(sitting -> sitting.tokens(examiner))
                .max()
                .orElseThrow();
    }
}
