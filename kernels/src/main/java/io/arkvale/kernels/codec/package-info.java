/**
 * Conversions of stored numbers, and copies of code per storage format; other modules see codecs as
 * {@code FormatCodec}.
 *
 * <p>{@code ScalarCodec} is the readable definition. A {@code VectorCodec} also loads numbers straight into registers;
 * each format has its own. {@code HalfScan} looks for infinities in 16-bit numbers. {@code FormatCopies} makes a copy
 * of a class for each format: vector code that differs by format only is written once. Codecs have no state and are
 * shared by all threads.
 */
@NullMarked
package io.arkvale.kernels.codec;

import org.jspecify.annotations.NullMarked;
