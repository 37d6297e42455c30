/**
 * Decoders of the Llama kin; attention is supplied by their caller.
 *
 * <ul>
 *   <li>{@link io.arkvale.llama.Llama}: a loaded model, which makes passes: {@link io.arkvale.llama.Prefill} over many
 *       tokens of a sequence, {@link io.arkvale.llama.Decoder} over one token of each of several
 *   <li>{@link io.arkvale.llama.Logits} and {@link io.arkvale.llama.LogitsConsumer}: what comes out
 *   <li>{@link io.arkvale.llama.Generation}: from tokens to the likeliest ones after them
 * </ul>
 *
 * Rooms: {@code config} what a model is, {@code files} what its directory holds, {@code weights} its parameters, {@code
 * rope} rotary positions, {@code forward} the pass between attentions, {@code attention} where attention comes from, {@code text} between text and
 * tokens, {@code generation} which token is next and where a text ends.
 */
@NullMarked
package io.arkvale.llama;

import org.jspecify.annotations.NullMarked;
