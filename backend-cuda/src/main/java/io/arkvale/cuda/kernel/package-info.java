/**
 * What kernels are given. {@code KernelName} lists every kernel, {@code KernelArguments} what each takes and {@code CacheStructs}
 * what most of them do, as records with the fields of the CUDA structures of the same names. {@code StructLayout} writes them
 * as the compiler lays them out. Addresses are longs.
 */
@NullMarked
package io.arkvale.cuda.kernel;

import org.jspecify.annotations.NullMarked;
