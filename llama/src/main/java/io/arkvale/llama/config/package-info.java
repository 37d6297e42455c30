/**
 * What a model is: {@code config.json} read into a description.
 *
 * <ul>
 *   <li>{@link io.arkvale.llama.config.LlamaConfig}: the description. Its parts are {@link
 *       io.arkvale.llama.config.Norms}, {@link io.arkvale.llama.config.Projections}, {@link
 *       io.arkvale.llama.config.Multipliers} and {@link io.arkvale.llama.config.Activation}
 *   <li>{@code Family}: the model types, and what a missing key means in each
 *   <li>{@code Families}: what each family has beside Llama; a new family goes there
 *   <li>{@code RopeReader}: the spellings of rotary positions
 *   <li>{@code ConfigReader}: keys with their types; refuses keys that nobody has read
 *   <li>{@code HarmlessKeys}: keys that mean nothing here
 * </ul>
 *
 * Where a file can be read in two ways, the reading is that of transformers 5.
 */
@NullMarked
package io.arkvale.llama.config;

import org.jspecify.annotations.NullMarked;
