package io.arkvale.experiments.policy;

/** A policy that the engine runs: it decides, the engine owns the tokens, attends and counts. Stateless. */
public interface TokenPolicy extends Policy {
    @Override
    LayerPolicy begin(LayerSetting setting);
}
