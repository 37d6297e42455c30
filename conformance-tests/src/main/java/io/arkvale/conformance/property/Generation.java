package io.arkvale.conformance.property;

import java.util.Iterator;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Shrinkable;
import net.jqwik.api.sessions.JqwikSession;
import org.jspecify.annotations.Nullable;

/** All that the kit asks of jqwik, one thread at a time: it keeps its generators in one store for all threads. */
public final class Generation {
    private static final int EDGE_CASE_BASE = 1000;
    private static final Object LOCK = new Object();

    private Generation() {}

    /** Must come before a thread generates anything. */
    public static void begin() {
        synchronized (LOCK) {
            JqwikSession.start();
        }
    }

    /** The thread is done with generating. */
    public static void end() {
        synchronized (LOCK) {
            JqwikSession.finish();
        }
    }

    /**
     * A case with its value, so that the value is made here.
     *
     * @param shrinkable how it is made smaller
     * @param value the case itself
     */
    public record Case<T>(Shrinkable<T> shrinkable, T value) {}

    /** A generator of the cases, with edge cases now and then or without. */
    public static <T> RandomGenerator<T> generator(Arbitrary<T> cases, boolean edgeCases) {
        synchronized (LOCK) {
            return cases.generator(EDGE_CASE_BASE, edgeCases);
        }
    }

    /** The next case. */
    public static <T> Case<T> next(RandomGenerator<T> generator, Random random) {
        synchronized (LOCK) {
            return made(generator.next(random));
        }
    }

    /** Cases that may be smaller than another. */
    public static <T> Iterator<Shrinkable<T>> smaller(Case<T> than) {
        synchronized (LOCK) {
            return than.shrinkable().shrink().iterator();
        }
    }

    /** The next case that is smaller than another; null if there is none. */
    public static <T> @Nullable Case<T> next(Iterator<Shrinkable<T>> candidates, Case<T> than) {
        synchronized (LOCK) {
            while (candidates.hasNext()) {
                var candidate = candidates.next();
                if (candidate.distance().compareTo(than.shrinkable().distance()) < 0) {
                    return made(candidate);
                }
            }
            return null;
        }
    }

    private static <T> Case<T> made(Shrinkable<T> shrinkable) {
        return new Case<>(shrinkable, shrinkable.value());
    }
}
