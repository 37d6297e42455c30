/**
 * Where a forward pass gets its attention from.
 *
 * <ul>
 *   <li>{@link io.arkvale.llama.attention.PrefillAttention}, {@link io.arkvale.llama.attention.DecodeAttention}: what a
 *       pass asks for; {@link io.arkvale.llama.attention.DecodeRows} and {@link
 *       io.arkvale.llama.attention.AttentionShape} are what it hands over
 *   <li>{@link io.arkvale.llama.attention.DenseAttention} over {@link io.arkvale.llama.attention.KeyValueStore}: exact
 *       full attention, the upper bound of every policy
 *   <li>{@link io.arkvale.llama.attention.CacheAttention}: attention through a backend's cache, whose tensors {@code
 *       CacheRows} fills
 * </ul>
 */
@NullMarked
package io.arkvale.llama.attention;

import org.jspecify.annotations.NullMarked;
