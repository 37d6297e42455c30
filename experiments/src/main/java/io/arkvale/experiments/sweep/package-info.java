/** Many experiments from one file. */
@NullMarked
package io.arkvale.experiments.sweep;

import org.jspecify.annotations.NullMarked;
