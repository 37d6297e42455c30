/**
 * Pages of a cache whose tables are kept on the host.
 *
 * <ul>
 *   <li>{@link io.arkvale.core.page.PagedCache} owns the device, the backups and the sequences;
 *   <li>a sequence has, per layer, {@code LayerPages}: a {@code PageTable} and a {@code DigestList} per head group;
 *   <li>{@code PageStore} gives out slots, backups and blocks of digests, counted by references in {@code SlotPool}s, and moves
 *       pages between device and backups;
 *   <li>{@code Reservation} says what a step may need; {@code PagedStep} does the step: {@code Selector}, with {@code PageRanking},
 *       decides what comes and goes, a {@code LayerJournal} takes it back.
 * </ul>
 */
@NullMarked
package io.arkvale.core.page;

import org.jspecify.annotations.NullMarked;
