/**
 * What lies where.
 *
 * <ul>
 *   <li>A sequence has, per layer, {@link io.arkvale.core.table.LayerPages}: a {@link io.arkvale.core.table.PageTable} and a
 *       {@link io.arkvale.core.table.DigestList} per head group;
 *   <li>{@link io.arkvale.core.table.PageStore} gives out slots, backups and blocks of digests, counted by references in
 *       {@link io.arkvale.core.table.SlotPool}s, and moves pages between device and backups; {@link
 *       io.arkvale.core.table.SlotLinks} say which slot holds the page of a backup, so that sequences share it.
 * </ul>
 */
@NullMarked
package io.arkvale.core.table;

import org.jspecify.annotations.NullMarked;
