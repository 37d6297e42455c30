/** The command line: one class a command, and the options they share. */
@NullMarked
package io.arkvale.experiments.cli;

import org.jspecify.annotations.NullMarked;
