/** The cost model at the command line. */
@NullMarked
package io.arkvale.experiments.cli.simulate;

import org.jspecify.annotations.NullMarked;
