package io.arkvale.serving;

import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** Faults at random, and how many there were. Asked on the engine's thread. */
final class SoakFaults implements Faults.Plan {
    private final Random random = new Random(31);
    final AtomicLong refusedSteps = new AtomicLong();
    final AtomicLong refusedMemory = new AtomicLong();
    final AtomicLong spoilt = new AtomicLong();
    final AtomicLong late = new AtomicLong();

    private boolean oneOf(int many, AtomicLong count) {
        boolean now = random.nextInt(many) == 0;
        count.addAndGet(now ? 1 : 0);
        return now;
    }

    @Override
    public boolean refuses() {
        return oneOf(20, refusedSteps);
    }

    @Override
    public boolean refusesMemory() {
        return oneOf(50, refusedMemory);
    }

    @Override
    public boolean spoils(int length, boolean decodes) {
        return oneOf(400, spoilt);
    }

    @Override
    public int isLateBy() {
        return oneOf(500, late) ? 20 : 0;
    }

    @Override
    public String toString() {
        return refusedSteps + " steps refused, " + refusedMemory + " times no memory, " + spoilt + " values spoilt, "
                + late + " layers late";
    }
}
