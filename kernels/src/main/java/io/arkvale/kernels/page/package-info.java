/**
 * How keys, values and digests lie in a page's memory.
 *
 * <p>{@link Panels} is the order of the elements, {@link PageRows} moves rows in and out. Attention and scores read
 * panels from the first byte to the last, and a little beyond. The memory is the caller's; nothing here has state.
 */
@NullMarked
package io.arkvale.kernels.page;

import org.jspecify.annotations.NullMarked;
