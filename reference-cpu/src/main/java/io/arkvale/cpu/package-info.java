/** The reference backend, {@code cpu}. */
@NullMarked
package io.arkvale.cpu;

import org.jspecify.annotations.NullMarked;
