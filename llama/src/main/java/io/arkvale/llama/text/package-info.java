/**
 * Between text and a model's tokens. Everything here reads the files beside a model's weights and none of the weights.
 *
 * <ul>
 *   <li>{@link io.arkvale.llama.text.Tokenizer}: what a model needs. {@link io.arkvale.llama.text.ByteTokenizer} is one
 *       token per byte, {@link io.arkvale.llama.text.FileTokenizer} reads {@code tokenizer.json}.
 *   <li>{@code TokenizerDescription}: what such a file says outside its vocabulary; {@code NativeTokenizer}: the native
 *       library that does the work, and the only owner of its memory.
 *   <li>{@link io.arkvale.llama.text.TextStream}: text as its tokens come, never half a character.
 *   <li>{@link io.arkvale.llama.text.EndTokens}: the tokens that end a generation.
 *   <li>{@link io.arkvale.llama.text.ChatTemplate}: the text of a conversation; its language is in the package
 *       {@code jinja}.
 * </ul>
 *
 * <p>Nothing is downloaded and nothing is sent anywhere. Tokenizers may be used by any number of threads at once, a
 * stream by one.
 */
@NullMarked
package io.arkvale.llama.text;

import org.jspecify.annotations.NullMarked;
