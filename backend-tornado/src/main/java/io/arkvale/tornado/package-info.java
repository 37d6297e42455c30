/** The backend on TornadoVM: page tables and choices in Java, all arithmetic in kernels that TornadoVM compiles from Java. */
@NullMarked
package io.arkvale.tornado;

import org.jspecify.annotations.NullMarked;
