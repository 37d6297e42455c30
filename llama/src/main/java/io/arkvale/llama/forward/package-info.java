/**
 * The forward pass between attentions, once for all families, lengths and devices.
 *
 * <ul>
 *   <li>{@link io.arkvale.llama.forward.Block}: one decoder block; {@link io.arkvale.llama.forward.Ends}: embedding and
 *       logits. They read like the architecture
 *   <li>{@link io.arkvale.llama.forward.DenseOperations}: what they are written over, for a device to implement; {@link
 *       io.arkvale.llama.forward.CpuOperations} does
 *   <li>{@link io.arkvale.llama.forward.Rows}: numbers on the device; {@link
 *       io.arkvale.llama.forward.AttentionRows} and {@link io.arkvale.llama.forward.Buffers} are the ones a block needs
 *   <li>{@link io.arkvale.llama.forward.Indices}: tokens, and where they stand
 *   <li>{@link io.arkvale.llama.forward.DenseDevice}: a device other than the CPU, which {@link
 *       io.arkvale.llama.forward.DenseDevices} finds by its {@link io.arkvale.llama.forward.DenseProvider}
 * </ul>
 */
@NullMarked
package io.arkvale.llama.forward;

import org.jspecify.annotations.NullMarked;
