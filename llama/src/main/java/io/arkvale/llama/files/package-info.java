/**
 * The files of a model's directory, read strictly and written whole.
 *
 * <ul>
 *   <li>{@link io.arkvale.llama.files.SafeTensors}: one safetensors file, mapped into memory and checked; {@code
 *       SafeTensorsHeader} is its header, {@link io.arkvale.llama.files.TensorEntry} and {@link
 *       io.arkvale.llama.files.TensorType} one tensor of it
 *   <li>{@link io.arkvale.llama.files.ModelFiles}: all weights of a directory, in one file or several with an index; owns
 *       the mappings
 *   <li>{@link io.arkvale.llama.files.SafeTensorsWriter}: writes such a file
 *   <li>{@link io.arkvale.llama.files.Json}: the strict reader of everything else
 *   <li>{@link io.arkvale.llama.files.ModelFormatException}: what all of them throw, one sentence with the file's name
 * </ul>
 */
@NullMarked
package io.arkvale.llama.files;

import org.jspecify.annotations.NullMarked;
