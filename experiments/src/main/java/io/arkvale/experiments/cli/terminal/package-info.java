/**
 * Where commands write: results, messages, progress, failures; and what a command that measures gives.
 */
@NullMarked
package io.arkvale.experiments.cli.terminal;

import org.jspecify.annotations.NullMarked;
