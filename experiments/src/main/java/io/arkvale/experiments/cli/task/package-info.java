/**
 * The commands of tasks. {@code ScoredCommand} is what all of them share; each adds its own options.
 */
@NullMarked
package io.arkvale.experiments.cli.task;

import org.jspecify.annotations.NullMarked;
