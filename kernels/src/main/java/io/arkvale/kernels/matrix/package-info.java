/**
 * Dense products in float32.
 *
 * <p>{@link MatrixKernels} is the contract, {@code ScalarMatrixKernels} the definition. {@code VectorMatrixKernels}
 * cuts a product into tiles whose sums stay in registers: {@code Tile6x4}, {@code Tile6x2} and {@code Tile6x1} of six
 * rows, {@code PairTiles} of two, {@code RowTiles} of one.
 *
 * <p>The tiles repeat each other on purpose. A vector stays in a register as long as it is a local variable; as an
 * element of an array it is an object on the heap. So there is one method per shape, its sums named by row and vector.
 * All memory is the caller's.
 */
@NullMarked
package io.arkvale.kernels.matrix;

import org.jspecify.annotations.NullMarked;
