package io.arkvale.experiments.policy;

import io.arkvale.experiments.policy.bound.Full;
import io.arkvale.experiments.policy.recall.ArkVale;

/** A way of deciding which tokens take part in attention: through the engine, through a cache, or everything. */
public sealed interface Policy permits TokenPolicy, ArkVale, Full {
    /** What it declares about itself. */
    PolicyInfo info();
}
