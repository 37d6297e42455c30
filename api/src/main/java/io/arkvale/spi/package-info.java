/**
 * For those who write a backend: what a device has to do, and nothing else.
 *
 * <p>{@link io.arkvale.spi.PageDevice} is the whole of it; its page tells the calls from the first to the last. Around it:
 *
 * <ul>
 *   <li>{@link io.arkvale.spi.Storage}: what a device says of itself once;
 *   <li>{@link io.arkvale.spi.TensorMemory}: the memory of a tensor;
 *   <li>what calls bring, an item per page or head group: {@link io.arkvale.spi.RowRun} to store,
 *       {@link io.arkvale.spi.FilledPage} to summarise, {@link io.arkvale.spi.SlotCopy} to back up and bring back, {@link io.arkvale.spi.Scoring} with
 *       {@link io.arkvale.spi.PageScores} to score, {@link io.arkvale.spi.Attention} with {@link io.arkvale.spi.Places} to
 *       attend, {@link io.arkvale.spi.Choice} for a device that chooses pages itself. They come
 *       in {@link io.arkvale.spi.WorkList}s, which the core fills again.
 * </ul>
 *
 * <p>The core owns page tables, slot and block numbers, backups, journals and errors; a device owns bytes. What callers see is
 * in {@link io.arkvale.api}.
 */
@NullMarked
package io.arkvale.spi;

import org.jspecify.annotations.NullMarked;
