/**
 * Dense operations of models on NVIDIA GPUs, through {@code java.lang.foreign}. {@code DriverCalls} and {@code CuBlas} are the
 * native calls, one to one; {@code CudaDevice} checks every result, owns the context and what is allocated, and {@code
 * CudaOperations} queues the work. {@code CudaWeights} has a model's matrices. The kernels are compiled ahead, by {@code
 * llama-cuda/compile-kernels}.
 *
 * <p>The context is the GPU's primary one, which the cache of backend {@code cuda} uses too: that is how they share memory and
 * streams.
 */
@NullMarked
package io.arkvale.llama.cuda;

import org.jspecify.annotations.NullMarked;
