/**
 * GPUs, language models and software as files describe them, each constant with its source. {@code Description} reads one
 * file and refuses what it does not know, {@code Descriptions} finds those that come along.
 */
@NullMarked
package io.arkvale.experiments.simulate.description;

import org.jspecify.annotations.NullMarked;
