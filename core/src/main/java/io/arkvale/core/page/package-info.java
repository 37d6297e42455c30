/**
 * A cache whose page tables are kept on the host, over a {@link io.arkvale.spi.PageDevice}.
 *
 * <ul>
 *   <li>{@link io.arkvale.core.page.PagedCache} owns the device, the backups and the sequences;
 *   <li>{@code Reservation} says what a step may need; {@code PagedStep} does the step: {@code RowWriter} stores, {@code
 *       PageMoves} evicts and recalls, {@code AttentionList} says what is attended to; a {@code LayerJournal} takes it all back;
 *   <li>{@code Truncation} takes tokens back, {@code SettingsFork} makes forks with settings of their own.
 * </ul>
 *
 * <p>What lies where is {@code io.arkvale.core.table}'s business, which pages take part {@code io.arkvale.core.select}'s.
 */
@NullMarked
package io.arkvale.core.page;

import org.jspecify.annotations.NullMarked;
