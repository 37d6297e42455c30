/**
 * The driver and what is made by it. {@code Driver} has its calls, one to one; {@code Device} checks every result and
 * notes when the GPU is lost. {@code Memory} owns blocks on the device and pinned ones in the host, {@code Scratch} one
 * that grows, {@code Staging} the ring through which everything passes between heap and device, {@code Downloads} what
 * is waited for later. {@code Kernels} owns the loaded images, {@code Streams} the queues of a cache and its events,
 * {@code LaunchQueue} the order of launches. {@code Probe} finds out whether there is a GPU at all.
 */
@NullMarked
package io.arkvale.cuda.driver;

import org.jspecify.annotations.NullMarked;
