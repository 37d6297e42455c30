/**
 * The reference backend, {@code cpu}: a {@link io.arkvale.spi.PageDevice} in memory outside the heap.
 *
 * <ul>
 *   <li>{@code CpuProvider} and {@code CpuOptions}: how it is found and set up;
 *   <li>{@code CpuDevice}: the operations, each handed on;
 *   <li>{@code SlotMemory} owns the slots; a {@code PageFormat}, plain or coarse, says how a slot holds keys and values, and shows a {@code HeadPage} of
 *       them to the kernels;
 *   <li>{@code PageDigester} owns the digests, in {@code DigestBlocks} per form: {@code WholeDigests} or {@code CodedDigests}, which
 *       make and score them and take centres and extents from {@code PartVolume}; {@code PageScorer} joins the scores;
 *   <li>{@code DecodeAttention} and {@code PrefillAttention}: one query per sequence, and many;
 *   <li>{@code Workers}: the threads, and for each its kernels and scratch memory.
 * </ul>
 */
@NullMarked
package io.arkvale.cpu;

import org.jspecify.annotations.NullMarked;
