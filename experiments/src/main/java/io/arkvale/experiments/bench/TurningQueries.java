package io.arkvale.experiments.bench;

import java.util.Random;

/**
 * Queries that turn a little each step. Their rate is steered until the wanted number of pages comes back per step:
 * recalls cannot be requested, only caused.
 */
final class TurningQueries {
    private static final double WANTED_RECALLS = 1;
    private static final double ADJUSTMENT = 0.1;
    private static final double MOST_ERROR = 3;

    private final float[] values;
    private final Random random;
    private double rate = 0.05;

    TurningQueries(int elements, Random random) {
        this.random = random;
        values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = (float) random.nextGaussian();
        }
    }

    float[] values() {
        return values;
    }

    /** Turns every query by an angle whose sine is the rate, in a random direction. */
    void turn() {
        double keep = Math.sqrt(1 - rate * rate);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (keep * values[i] + rate * random.nextGaussian());
        }
    }

    /** Steers by the recalls per sequence that the last turn caused: in proportion, so that their mean is as wanted. */
    void adjust(double recalls) {
        double error = Math.min(recalls - WANTED_RECALLS, MOST_ERROR);
        rate = Math.clamp(rate * Math.exp(-ADJUSTMENT * error), 1e-4, 0.9);
    }
}
