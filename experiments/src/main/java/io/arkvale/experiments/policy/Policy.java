package io.arkvale.experiments.policy;

/**
 * A way of deciding which tokens take part in attention: a {@link TokenPolicy} through the engine, {@code ArkVale} through
 * a cache of a backend, or {@code Full}. Others are token policies.
 */
public interface Policy {
    /** What it declares about itself. */
    PolicyInfo info();
}
