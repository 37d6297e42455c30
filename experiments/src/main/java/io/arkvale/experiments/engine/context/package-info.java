/**
 * A prefilled context and what policies may ask about it. Shared by all runs, changed by none; each part is computed when it is
 * first asked for.
 */
@NullMarked
package io.arkvale.experiments.engine.context;

import org.jspecify.annotations.NullMarked;
