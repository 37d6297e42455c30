/** Scalar and vectorised numerical primitives. */
@NullMarked
package io.arkvale.kernels;

import org.jspecify.annotations.NullMarked;
