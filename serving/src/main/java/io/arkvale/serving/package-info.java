/**
 * Many requests over one cache. {@link io.arkvale.serving.Engine} is the whole of it: one thread owns the cache, and each
 * of its steps mixes requests that decode with chunks of prompts.
 *
 * <ul>
 *   <li>{@link io.arkvale.serving.Request} says what is wanted, {@link io.arkvale.serving.Listener} hears it come, {@link
 *       io.arkvale.serving.Answer} says how it ended;
 *   <li>{@link io.arkvale.serving.Text} are tokens of which each knows whether it was read or generated, so that a text can
 *       be read again with the same bits;
 *   <li>{@code Holder} is a sequence with its text, of a request or kept after one; {@code PrefixTree} finds the holder that
 *       a new text begins like; {@code Ledger} counts what all holders may come to need.
 * </ul>
 */
@NullMarked
package io.arkvale.serving;

import org.jspecify.annotations.NullMarked;
