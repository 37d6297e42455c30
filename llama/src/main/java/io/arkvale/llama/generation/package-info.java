/**
 * How a text goes on: {@link io.arkvale.llama.generation.Sampler} chooses tokens, {@link
 * io.arkvale.llama.generation.StopTexts} ends a text where it should end. What the chosen tokens attend to is not
 * decided here.
 */
@NullMarked
package io.arkvale.llama.generation;

import org.jspecify.annotations.NullMarked;
