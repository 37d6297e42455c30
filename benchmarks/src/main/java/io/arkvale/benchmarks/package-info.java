/** Timings of the kernels and of the backend, with the machine's own limits measured beside them. */
@NullMarked
package io.arkvale.benchmarks;

import org.jspecify.annotations.NullMarked;
