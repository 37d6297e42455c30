/**
 * Threads that share loops.
 *
 * <p>A {@link WorkerPool} owns its threads; {@code SharedLoop} is one loop that they work off. Items own nothing:
 * scratch memory is chosen by the worker's number.
 */
@NullMarked
package io.arkvale.kernels.pool;

import org.jspecify.annotations.NullMarked;
