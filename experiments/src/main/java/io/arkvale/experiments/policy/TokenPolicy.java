package io.arkvale.experiments.policy;

import java.util.Arrays;
import java.util.List;

/** A policy that the engine runs: it decides, the engine owns the tokens, attends and counts. Stateless. */
public interface TokenPolicy extends Policy {
    @Override
    LayerPolicy begin(LayerSetting setting);
}
