/** The laboratory: policies, tasks, metrics and the command line. */
@NullMarked
package io.arkvale.experiments;

import org.jspecify.annotations.NullMarked;
