/** The backend for NVIDIA GPUs, {@code cuda}, on the driver interface of JCuda and kernels compiled ahead of time. */
@NullMarked
package io.arkvale.cuda;

import org.jspecify.annotations.NullMarked;
