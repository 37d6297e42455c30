/**
 * Tensors of a cache. {@link io.arkvale.core.tensor.CacheTensors} makes them, knows them again and frees them with the cache;
 * {@link io.arkvale.core.tensor.CacheTensor} checks copies; {@link io.arkvale.core.tensor.CallChecks} words the checks of
 * what calls bring. {@link io.arkvale.core.tensor.HostMemory} is their memory where a device computes on the host.
 */
@NullMarked
package io.arkvale.core.tensor;

import org.jspecify.annotations.NullMarked;
