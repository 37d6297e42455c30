/** The cost model: what a decode step of a described model costs on a described GPU, policy by policy. */
@NullMarked
package io.arkvale.experiments.simulate;

import org.jspecify.annotations.NullMarked;
