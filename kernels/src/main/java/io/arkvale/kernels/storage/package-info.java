/**
 * How numbers are stored.
 *
 * <p>{@link StorageFormat} says what the bits of one number mean, and rounds; {@link FormatCodec} converts many at
 * once; {@link Bfloat16} bounds a number from above or below. The codecs themselves are in the package {@code codec}. Memory is always the caller's.
 */
@NullMarked
package io.arkvale.kernels.storage;

import org.jspecify.annotations.NullMarked;
