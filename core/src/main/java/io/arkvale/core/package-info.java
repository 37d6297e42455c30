/**
 * The paged cache itself, once for all backends. A device stores and computes ({@link io.arkvale.spi.PageDevice}); all else is
 * here:
 *
 * <ul>
 *   <li>this package: a {@link io.arkvale.core.CacheBackend} knows its caches; a {@link io.arkvale.core.CheckedCache} checks
 *       every call, and owns its sequences, its tensors, the open step and the guard that each call holds; a
 *       {@link io.arkvale.core.CheckedView} shows what it stores; a {@link io.arkvale.core.Residence} says what a sequence keeps
 *       on the device, by layer and head group;
 *       {@link io.arkvale.core.PagedBackend} is what a provider creates; {@link io.arkvale.core.OptionValues} reads options;
 *   <li>{@code step}: the order of a step's calls and how it ends;
 *   <li>{@code page}: steps over a device: reservation, moves, and what takes them back;
 *   <li>{@code table}: page tables, slots, blocks of digests;
 *   <li>{@code select}: which pages take part;
 *   <li>{@code backup}: the tiers that hold what was evicted;
 *   <li>{@code tensor}: tensors, and the checks of what calls bring;
 *   <li>{@code shard}: a cache over several backends, each with some of the head groups.
 * </ul>
 *
 * <p>A backend that keeps its tables on the device extends {@code CacheBackend} and {@code CheckedCache} itself and implements
 * {@link io.arkvale.core.step.StepWork}; all others hand a {@code PageDevice} to {@code PagedBackend}.
 */
@NullMarked
package io.arkvale.core;

import org.jspecify.annotations.NullMarked;
