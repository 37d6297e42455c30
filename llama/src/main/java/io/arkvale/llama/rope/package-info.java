/**
 * Rotary positions. {@link io.arkvale.llama.rope.RopeSettings} and {@link io.arkvale.llama.rope.RopeScaling} describe
 * them as a configuration does; {@code RopeFrequencies} turns a description into radians; {@link
 * io.arkvale.llama.rope.Rope} rotates and un-rotates heads; {@link io.arkvale.llama.rope.ModelRopes} holds those of all
 * layers of a model.
 */
@NullMarked
package io.arkvale.llama.rope;

import org.jspecify.annotations.NullMarked;
