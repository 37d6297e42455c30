/**
 * The backend on TornadoVM: all arithmetic in kernels that TornadoVM compiles from Java, page tables and moves in the core.
 *
 * <p>This folder, {@code src/main}, names no type of TornadoVM and is always there: the provider, its options, what it finds
 * out about an SDK, standard output kept free of what native code prints, {@code AddressSpace}, the host's side of arrays that
 * live on the device alone, {@code OwnPages}, the host's side of what is copied, and {@code PinnedMemory}, which keeps that in
 * its place for recorded executions. {@code src/tornado} is compiled with the profile {@code tornado}:
 *
 * <ul>
 *   <li>{@code TornadoPages} is the device of one cache. {@code Appender}, {@code Transfers}, {@code Estimator},
 *       {@code Attender}, {@code Prefiller} and {@code Decoder} turn its calls into items of a table; {@code ReadAhead} serves
 *       views.
 *   <li>{@code Execution} is what the device does next: what is asked for waits there until it must be done, so that a layer
 *       of a decode step is one execution, and two if pages come back. {@code Table} holds its items by {@code Section};
 *       {@code Graph} says which sections go together, {@code Shape} among how many work groups an item is shared.
 *   <li>{@code Engine} owns the arrays, the task graphs and their plan; {@code Engines} has one for small caches of each kind
 *       and one for each large cache. {@code EngineSize}, {@code RegionSize} and {@code RegionLayout} say how large and where.
 *       {@code Conversion} makes numbers of elements of 16 bits on the host.
 *   <li>Classes that end in {@code Kernel} run on the device; {@code Stored} reads elements of 16 bits there, and
 *       {@code ElementTypeProbe} asks a device whether it does so exactly.
 * </ul>
 */
@NullMarked
package io.arkvale.tornado;

import org.jspecify.annotations.NullMarked;
