/**
 * What kernels are given. {@code KernelName} lists every kernel; the other files have the arguments of the kernels of one
 * source file each, as records with the fields of the CUDA structures of the same names. {@code StructLayout} writes them
 * as the compiler lays them out. Addresses are longs.
 */
@NullMarked
package io.arkvale.cuda.kernel;

import org.jspecify.annotations.NullMarked;
