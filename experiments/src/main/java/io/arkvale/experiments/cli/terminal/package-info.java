/**
 * Where commands write: results, messages, progress, failures, what is wrong with the words they were given; how standard
 * error is had back from the launcher; and what a command that measures gives.
 */
@NullMarked
package io.arkvale.experiments.cli.terminal;

import org.jspecify.annotations.NullMarked;
