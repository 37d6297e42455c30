/**
 * Where commands write: results, messages, progress, failures, and what is wrong with the words that they were given. How
 * the standard streams are had from the launcher. What a command that measures gives.
 */
@NullMarked
package io.arkvale.experiments.cli.terminal;

import org.jspecify.annotations.NullMarked;
